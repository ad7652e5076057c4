import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { CreateTableCommand, DynamoDBClient, GetItemCommand, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { smallStreams } from '../end-to-end/listens.ts';
import { newState } from '../end-to-end/new-state.ts';
import { type Pipeline, pipelineAt } from '../end-to-end/pipeline.ts';
import { dice } from '../simulation/dice.ts';
import { nextRequest, type Request, rawRequests } from './requests/build.ts';
import { type Case, cases } from './requests/cases.ts';
import { problemOf } from './requests/oracle.ts';
import { type Outcome, type Piece, send } from './requests/socket.ts';
import type { Known } from './requests/values.ts';
import { scaleOf, tell } from './scale.ts';

const { rounds, seed } = scaleOf({ rounds: 1, seed: 1 });
const perRound = process.env.TORTURE_ROUNDS === undefined ? 400 : 1_000;
/** Milliseconds; what takes longer counts as a request that hangs. */
const patience = 15_000;

let state: string;
let child: ChildProcess;
let environment: Record<string, string>;
let pipeline: Pipeline;
let known: Known;

beforeAll(async () => {
  state = await newState();
  const script = join(import.meta.dirname, 'requests/cloud-process.ts');
  child = spawn(process.execPath, ['--expose-gc', '--import', 'tsx', script, process.cwd(), state], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'pipe', 'inherit', 'ipc'],
  });
  const [line] = await once(createInterface(child.stdout ?? process.stdin), 'line');
  environment = JSON.parse(line);
  pipeline = pipelineAt(environment);
  await pipeline.landManifest('streams');
  known = await prepare();
});
afterAll(async () => {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
  await rm(state, { recursive: true, force: true });
});

const s3 = () => new S3Client({ forcePathStyle: true });
const tables = () => new DynamoDBClient();

/** Makes a bucket and a table, unless they are there. */
const makePlaces = async (name: string): Promise<void> => {
  const table = {
    TableName: `${name}-table`,
    BillingMode: 'PAY_PER_REQUEST' as const,
    AttributeDefinitions: ['pk', 'sk'].map((AttributeName) => ({
      AttributeName,
      AttributeType: 'S' as const,
    })),
    KeySchema: [
      { AttributeName: 'pk', KeyType: 'HASH' as const },
      { AttributeName: 'sk', KeyType: 'RANGE' as const },
    ],
  };
  const isThere = ({ name: error }: Error) => {
    expect(error).toMatch(/ResourceInUse|BucketAlreadyOwnedByYou/);
  };
  await s3()
    .send(new CreateBucketCommand({ Bucket: `${name}-bucket` }))
    .catch(isThere);
  await tables().send(new CreateTableCommand(table)).catch(isThere);
};

/** Makes what the requests are about, and what none of them touches. */
const prepare = async (): Promise<Known> => {
  for (const name of ['fuzz', 'known']) await makePlaces(name);
  await s3().send(new PutObjectCommand({ Bucket: 'known-bucket', Key: 'object', Body: 'as it was' }));
  await tables().send(
    new PutItemCommand({
      TableName: 'known-table',
      Item: { pk: { S: 'a' }, sk: { S: 'b' }, n: { N: '1.50' } },
    }),
  );
  return {
    ...{ bucket: 'fuzz-bucket', table: 'fuzz-table', functionName: 'soundcheck-dev-validate-landing' },
    queueUrl: `${environment.AWS_ENDPOINT_URL}/000000000000/soundcheck-dev-failed-invocations`,
    queueName: 'soundcheck-dev-failed-invocations',
    stream: 'soundcheck-dev-listens',
    roleKey: 'soundcheck-dev-sweeprole.soundcheck-dev-sweep',
    job: 'soundcheck-dev-transform',
    uploads: [],
    statements: [],
  };
};

const port = (): number => Number(new URL(environment.AWS_ENDPOINT_URL ?? '').port);

const perform = (request: Request): Promise<Outcome> => {
  const { pieces, expected = 1, leaves = false } = request;
  const named = pieces.map((piece): Piece => {
    if (typeof piece === 'number') return piece;
    const text = Buffer.from(piece);
    return text.includes('localhost:PORT')
      ? Buffer.from(text.toString('latin1').replaceAll('localhost:PORT', `localhost:${port()}`), 'latin1')
      : text;
  });
  return send({ port: port(), pieces: named, timeout: patience, expected: Math.max(expected, 1), leaves });
};

/** Keeps ids that the cloud gave, for later requests to use. */
const remember = ({ answers }: Outcome): void => {
  for (const { body } of answers) {
    keep(known.uploads, /<UploadId>([^<]+)<.UploadId><.Initiate/.exec(body)?.[1]);
    keep(known.statements, /"(?:Id|JobRunId)":"([^"]+)"/.exec(body)?.[1]);
  }
};

const keep = (ids: string[], id: string | undefined): void => {
  if (id !== undefined) ids.splice(0, ids.length < 5 ? 0 : 1, id);
};

/** A request as it can be repeated, shortened. */
const shown = ({ service, operation, pieces }: Request): string =>
  `${service} ${operation}\n${pieces.map((piece) => (typeof piece === 'number' ? `(${piece} ms)` : piece.toString('latin1').slice(0, 1_500))).join('')}`;

type Memory = { readonly rss: number; readonly heapUsed: number };

/** What the cloud's process holds after a collection, in megabytes. */
const memory = async (): Promise<Memory> => {
  const answered = once(child, 'message');
  child.send('memory');
  const [{ rss, heapUsed }] = (await answered) as [Memory];
  return { rss: rss / 2 ** 20, heapUsed: heapUsed / 2 ** 20 };
};

const expectAlive = async (): Promise<void> => {
  const object = await s3().send(new GetObjectCommand({ Bucket: 'known-bucket', Key: 'object' }));
  expect(await object.Body?.transformToString()).toBe('as it was');
  const key = { pk: { S: 'a' }, sk: { S: 'b' } };
  const { Item } = await tables().send(
    new GetItemCommand({ TableName: 'known-table', Key: key, ConsistentRead: true }),
  );
  expect(Item).toEqual({ ...key, n: { N: '1.5' } });
};

const titleOf = ({ request: { service, operation, pieces } }: Case): string =>
  `${service} ${operation} ${String(pieces[1]).slice(0, 70)}`.replace(/%/g, '%%');

describe('a request that once was answered wrongly, or not at all', () => {
  test.each(cases.map((one) => [titleOf(one), one] as const))(
    '%s is answered as AWS documents it',
    async (_, { request, status, code }) => {
      const outcome = await perform(request);
      const [answer] = outcome.answers;
      expect({ end: outcome.end, status: answer?.status, body: answer?.body }).toMatchObject({
        ...{ end: 'closed', status },
        ...(code === undefined ? {} : { body: expect.stringMatching(new RegExp(`[>"#]${code}[<"]`)) }),
      });
      expect(outcome.milliseconds).toBeLessThan(5_000);
    },
  );
});

describe(`requests that no client would send, from seed ${seed}`, { timeout: 600_000 * rounds }, () => {
  test('get documented answers, and leave the cloud as it was', async () => {
    const problems: string[] = [];
    const statuses: Record<string, number> = {};
    const held: Memory[] = [];
    let slowest = 0;
    let sent = 0;
    for (let round = 0; round < rounds; round++) {
      const random = dice(seed + round);
      await makePlaces('fuzz');
      const requests = [...rawRequests(), ...Array.from({ length: perRound }, () => undefined)];
      for (const raw of requests) {
        const request = raw ?? nextRequest(random, known);
        const outcome = await perform(request);
        remember(outcome);
        sent += 1;
        slowest = Math.max(slowest, outcome.milliseconds);
        const [first] = outcome.answers;
        statuses[first?.status ?? 'none'] = (statuses[first?.status ?? 'none'] ?? 0) + 1;
        const problem = problemOf(request, outcome);
        if (problem) problems.push(`seed ${seed + round}, request ${sent}: ${problem}\n${shown(request)}`);
        if (child.exitCode !== null || outcome.end === 'silent') break;
      }
      expect(child.exitCode, problems.at(-1)).toBeNull();
      held.push(await memory());
      await expectAlive();
    }
    expect(problems).toEqual([]);
    // What valid requests store stays in memory, too: a little for each round.
    expect((held.at(-1)?.heapUsed ?? 0) - (held[0]?.heapUsed ?? 0)).toBeLessThan(10 + rounds);
    const file = await pipeline.land('data/streams/streams1.csv', smallStreams(1));
    const [record] = await pipeline.atRest([file]);
    expect(record?.state).toBe('published');
    tell('requests', {
      ...{ requests: sent, slowest: `${Math.round(slowest)} ms` },
      ...Object.fromEntries(Object.entries(statuses).map(([status, count]) => [`answers ${status}`, count])),
      'heap after each round': `${held.map(({ heapUsed }) => Math.round(heapUsed)).join(', ')} MB`,
      'resident after each round': `${held.map(({ rss }) => Math.round(rss)).join(', ')} MB`,
    });
  });
});
