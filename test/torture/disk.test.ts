import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { text } from 'node:stream/consumers';
import { setTimeout as pause } from 'node:timers/promises';
import { DynamoDBClient, PutItemCommand } from '@aws-sdk/client-dynamodb';
import { PutObjectCommand, S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { deadLetters } from '../../cli/aws/index.ts';
import { type FileVersion, manifestKey } from '../../functions/pipeline/lake-keys.ts';
import { seededRandom } from '../../local/generate/random.ts';
import { rowsOf, smallStreams } from '../end-to-end/listens.ts';
import { newState } from '../end-to-end/new-state.ts';
import { type Pipeline, pipelineAt } from '../end-to-end/pipeline.ts';
import { differences, expected, readable } from '../end-to-end/published-kpis.ts';
import { queryWarehouse } from '../end-to-end/warehouse.ts';
import { type File, landUnderAttack } from './land-under-attack.ts';
import { scaleOf, tell } from './scale.ts';
import { mountSmallDisk } from './small-disk.ts';

const { rounds, seed } = scaleOf({ rounds: 2, seed: 4 });
/** Room for a state, with some growth for each round. */
const disk = mountSmallDisk((160 + 2 * rounds) * 2 ** 20);
const isMounted = typeof disk !== 'string';
const streams = Array.from({ length: 2 * rounds + 2 }, (_, index) => ({
  name: `streams${index}.csv`,
  text: smallStreams(100 * seed + index),
}));

/** What happens to a cloud while its disk is full. */
const endings = [
  'goes on',
  'is killed, and started while the disk is full',
  'is killed, and started later',
] as const;
const figures = {
  rounds,
  files: streams.length,
  'without inodes': 0,
  rejected: 0,
  kills: 0,
  'started on a full disk': 0,
  'said that it is full': 0,
};

let state: string;
let child: ChildProcess;
let said: Promise<string>;
beforeAll(async () => {
  if (isMounted) state = await newState('duckdb', disk.folder);
});
afterAll(async () => {
  await kill();
  if (isMounted) await disk.remove();
});

/** Starts a cloud in a process of its own; undefined if it ends instead, and says why. It must do one of both. */
const start = async (folder = state): Promise<Pipeline | undefined> => {
  const script = join(import.meta.dirname, '../end-to-end/cloud-process.ts');
  child = spawn(process.execPath, ['--import', 'tsx', script, process.cwd(), folder], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const { stdout, stderr } = child;
  if (!stdout || !stderr) throw new Error('the process has no output');
  said = text(stderr);
  const up = once(createInterface(stdout), 'line').then(([line]) => pipelineAt(JSON.parse(line)));
  const enough = new AbortController();
  const hangs = pause(120_000, 'hangs' as const, { signal: enough.signal }).catch(() => undefined);
  const outcome = await Promise.race([up, once(child, 'exit').then(() => undefined), hangs]);
  enough.abort();
  if (typeof outcome === 'string') throw new Error('the cloud neither starts nor ends');
  return outcome;
};

const begin = async (folder = state): Promise<Pipeline> => {
  const pipeline = await start(folder);
  if (!pipeline) throw new Error(`the cloud ended: ${await said}`);
  return pipeline;
};

const isRunning = (one: ChildProcess | undefined = child): boolean =>
  one !== undefined && one.exitCode === null && one.signalCode === null;

const kill = async (): Promise<void> => {
  if (!isRunning()) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

/** Lands files as a patient client does, until each is confirmed, the cloud is gone, or two minutes are over. */
const land = (pipeline: Pipeline, files: readonly File[]) => {
  const cloud = child;
  const latest = performance.now() + 120_000;
  return landUnderAttack(pipeline, files, () => isRunning(cloud) && performance.now() < latest);
};

/** How a request ends that is sent once: `written`, or the error. */
const outcomeOf = (request: Promise<unknown>): Promise<string> =>
  request.then(
    () => 'written',
    (error: Error) => `${error.name}: ${error.message}`,
  );

/** On a full disk the cloud answers, reads what it has, and rejects what it cannot write with an error to try again. */
const expectAnswers = async ({ files }: Pipeline): Promise<void> => {
  const manifest = await readFile('rules/streams/manifest.json', 'utf8');
  expect(await files.readText(manifestKey('streams'))).toBe(manifest);
  const { LAKE_BUCKET: Bucket, LEDGER_TABLE: TableName } = process.env;
  const Body = Buffer.alloc(2 ** 20);
  const s3 = new S3Client({ maxAttempts: 1 });
  const full = /: the disk of the state folder .* is full, so free some space/;
  const put = await outcomeOf(s3.send(new PutObjectCommand({ Bucket, Key: 'tmp/large', Body })));
  expect(put).toMatch(/^InternalError/);
  expect(put).toMatch(full);
  const dynamo = new DynamoDBClient({ maxAttempts: 1 });
  const Item = { pk: { S: 'TORTURE' }, sk: { S: 'LARGE' }, text: { S: 'x'.repeat(390_000) } };
  const item = await outcomeOf(dynamo.send(new PutItemCommand({ TableName, Item })));
  figures.rejected += item === 'written' ? 1 : 2;
  // The store's log may still have room for it.
  if (item !== 'written') expect(item).toMatch(/^InternalServerError/);
  if (item !== 'written') expect(item).toMatch(full);
};

/** A process that ended by itself has said that the disk is full. */
const expectSaid = async (): Promise<void> =>
  expect(await said).toMatch(/StateNotWritable: the disk of the state folder .* is full/);

/** Seeds of new clouds, in a torture only. */
const news = process.env.TORTURE_ROUNDS ? Array.from({ length: rounds }, (_, round) => seed + round) : [];

describe(`a cloud whose disk is full ${rounds} times, seed ${seed}`, { timeout: 100_000 * rounds }, () => {
  test.skipIf(!isMounted)(`counts every row once${isMounted ? '' : ` (skipped: ${disk})`}`, async () => {
    if (!isMounted) return;
    const random = seededRandom(seed);
    const landed: FileVersion[] = [];
    let left: readonly File[] = streams.slice(0, 2);
    let pipeline = await begin();
    await pipeline.landManifest('streams');
    for (let round = 1; round <= rounds; round++) {
      const landing = land(pipeline, left);
      await pause(random.below(3_000));
      // Every other time there is room, and no more file can be made.
      const isWithoutInodes = (seed + round) % 2 === 0;
      if (isWithoutInodes) disk.fillInodes();
      else disk.fill(random.below(100_000));
      if (isWithoutInodes) figures['without inodes'] += 1;
      await pause(random.below(2_000));
      await expectAnswers(pipeline);
      const ending = endings[(seed + round) % endings.length];
      if (ending !== 'goes on') {
        await kill();
        figures.kills += 1;
      }
      if (ending === 'is killed, and started while the disk is full') {
        const started = await start();
        if (started) figures['started on a full disk'] += 1;
        else {
          await expectSaid();
          figures['said that it is full'] += 1;
        }
        if (started) pipeline = started;
      }
      await pause(random.below(2_000));
      expect(isRunning() || ending !== 'goes on').toBe(true);
      disk.free();
      if (!isRunning()) pipeline = await begin();
      const outcome = await landing;
      landed.push(...outcome.landed);
      left = [...outcome.left, ...streams.slice(2 * round, 2 * round + 2)];
    }
    const freed = performance.now();
    const outcome = await land(pipeline, left);
    expect(outcome.left).toEqual([]);

    const records = await pipeline.atRest([...landed, ...outcome.landed], { timeout: 50_000 * rounds });
    const seconds = ((performance.now() - freed) / 1_000).toFixed(1);
    expect(records.map(({ state: now }) => now)).toEqual(records.map(() => 'published'));
    expect(new Set(records.map(({ key }) => key)).size).toBe(streams.length);
    const perFile = 'select landed_file, count(*) from silver.streams group by landed_file';
    expect(new Map((await queryWarehouse(perFile)) as [string, string][])).toEqual(
      new Map(streams.map(({ name, text: rows }) => [`data/streams/${name}`, String(rowsOf(rows).length)])),
    );
    const wanted = expected({ streams, tracks: [] });
    expect(differences(readable(await pipeline.allKpis()), wanted)).toEqual([]);
    const letters = Object.values(await deadLetters('soundcheck-dev')).reduce((sum, one) => sum + one, 0);
    tell('disk', { ...figures, 'seconds until all is published': seconds, 'dead letters': letters });
  });

  test.runIf(isMounted).each(news)(
    'starts for the first time with little room, or says so, seed %i',
    async (one) => {
      if (!isMounted) return;
      const folder = await newState('duckdb', disk.folder);
      const room = seededRandom(one).below(3 * 2 ** 20);
      disk.fill(room);
      const started = await start(folder);
      if (!started) await expectSaid();
      await kill();
      disk.free();
      const pipeline = await begin(folder);
      await pipeline.landManifest('streams');
      await kill();
      await rm(folder, { recursive: true });
      tell('disk', { room, start: started ? 'is up' : 'said that it is full' });
    },
  );
});
