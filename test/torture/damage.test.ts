import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { extname, join } from 'node:path';
import { DeleteItemCommand, PutItemCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { GetQueueUrlCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Problem } from '../../cli/doctor/problem.ts';
import { startCloud } from '../../local/cloud/cloud.ts';
import { openJournal } from '../../local/cloud/journal.ts';
import { openS3 } from '../../local/cloud/s3/s3.ts';
import { openStore as openObjects } from '../../local/cloud/s3/store.ts';
import { openWarehouse } from '../../local/engines/warehouse.ts';
import { soundcheckHere } from '../cli/soundcheck-here.ts';
import { smallStreams } from '../end-to-end/listens.ts';
import { newState } from '../end-to-end/new-state.ts';
import { pipelineAt } from '../end-to-end/pipeline.ts';
import { queryWarehouse } from '../end-to-end/warehouse.ts';
import { startTables } from '../local/cloud/dynamo/laptop-tables.ts';
import { dice } from '../simulation/dice.ts';
import {
  copyFiles,
  type Damage,
  damage,
  damages,
  filesOf,
  isUnread,
  type Kind,
  kinds,
  outcomeOf,
} from './damaged-state.ts';
import { scaleOf, tell } from './scale.ts';

const { rounds, seed } = scaleOf({ rounds: 10, seed: 1 });

const folder = (name: string): string => mkdtempSync(join(tmpdir(), `damage-${name}-`));

/** A small state as an orderly end leaves it, and as a killed process does. */
const states: Record<'stopped' | 'killed', string> = { stopped: '', killed: '' };
/** A part that failed to open may keep files open, so each copy has a name of its own. */
let copy: string;
const newCopy = (): void => {
  if (copy) rmSync(copy, { recursive: true, force: true });
  copy = folder('copy');
};
let lake: string;
let doctorOfRunning: Awaited<ReturnType<typeof soundcheckHere>>;

beforeAll(async () => {
  states.stopped = await newState();
  states.killed = folder('killed');
  const cloud = await startCloud({ root: process.cwd(), state: states.stopped, sweepEvery: 3_600_000 });
  lake = cloud.environment.LAKE_BUCKET ?? '';
  const pipeline = pipelineAt(cloud.environment);
  for (const dataset of ['streams', 'listeners']) await pipeline.landManifest(dataset);
  const files = await Promise.all([
    ...[1, 2].map((number) => pipeline.land(`data/streams/streams${number}.csv`, smallStreams(number))),
    pipeline.land('data/streams/streams3.csv', `${smallStreams(3)}x,y,z\n`),
  ]);
  const records = await pipeline.atRest(files);
  expect(records.map(({ state }) => state)).toEqual(['published', 'published', 'quarantined']);
  await queryWarehouse('select count(*) from silver.streams');
  const queues = new SQSClient();
  const { QueueUrl } = await queues.send(
    new GetQueueUrlCommand({ QueueName: 'soundcheck-dev-failed-invocations' }),
  );
  await queues.send(new SendMessageCommand({ QueueUrl, MessageBody: 'an event that no function took' }));
  doctorOfRunning = await soundcheckHere(['doctor', '--state', states.stopped, '--json']);
  await copyFiles(states.stopped, states.killed, filesOf(states.stopped));
  await cloud.stop();
  for (const state of Object.values(states)) {
    rmSync(join(state, 'lock'), { force: true });
    // What a process that dies at such a moment has accepted and not done.
    const pending = openJournal(join(state, 'events', 'deliveries.jsonl'));
    pending.add('event/rule/0', { rule: 'gone', event: { id: 'event' } });
    pending.close();
  }
}, 120_000);

afterAll(() => {
  for (const each of [...Object.values(states), copy]) rmSync(each, { recursive: true, force: true });
});

const answers = new Map<string, string>();

/** How the part answers without damage. */
const before = async (from: keyof typeof states, kind: Kind): Promise<string> => {
  const name = `${from} ${kind.name} ${kind.reads}`;
  const known = answers.get(name);
  if (known !== undefined) return known;
  await copyOf(from, kind);
  const told = await kind.answers(copy);
  answers.set(name, told);
  return told;
};

const copyOf = (from: keyof typeof states, { reads }: Kind): Promise<void> => {
  newCopy();
  const needed = filesOf(states[from]).filter((path) => reads.some((begin) => path.startsWith(begin)));
  return copyFiles(states[from], copy, needed);
};

/** Damages a file of a kind in a copy, and counts how the cloud takes it. */
const tally: Record<string, number> = {};
const attack = async (from: keyof typeof states, kind: Kind, how: Damage, chance: number): Promise<void> => {
  const { pick, below } = dice(chance);
  const wanted = await before(from, kind);
  await copyOf(from, kind);
  const files = filesOf(states[from]).filter(kind.has);
  const path = pick(files);
  const others = files.filter((other) => extname(other) === extname(path));
  if (
    !damage(
      join(copy, path),
      how,
      below,
      others.map((other) => join(copy, other)),
    )
  )
    return;
  const outcome = await outcomeOf(kind, copy, path, wanted).catch((cause: Error) => {
    throw new Error(`${from} state, seed ${chance}, ${path} ${how}: ${cause.message}`, { cause });
  });
  const name = `${kind.name} ${how}: ${outcome}`;
  tally[name] = (tally[name] ?? 0) + 1;
};

const isThere = (from: keyof typeof states, kind: Kind): boolean => filesOf(states[from]).some(kind.has);

describe(`a damaged file, seed ${seed}`, { timeout: 60_000 + 5_000 * rounds }, () => {
  test('each file of a state is of a kind, or nobody reads it', () => {
    const others = Object.values(states).flatMap((state) =>
      filesOf(state).filter((path) => !isUnread(path) && !kinds.some(({ has }) => has(path))),
    );
    expect(others).toEqual([]);
  });

  test.each(
    kinds.filter(({ isSlow }) => !isSlow).map((kind) => [`${kind.name} ${kind.reads[0]}`, kind] as const),
  )('is noticed, made again or does no harm: %s', async (_, kind) => {
    for (const from of ['stopped', 'killed'] as const)
      if (isThere(from, kind)) for (const how of damages) await attack(from, kind, how, seed);
  });

  test(`never changes an answer without an error, ${rounds} times`, async () => {
    for (let round = 1; round <= rounds; round++) {
      const { pick, chance } = dice(seed + round);
      const from = pick(['stopped', 'killed'] as const);
      // Bundling takes seconds; test/local/cloud/build has these cases, too.
      const isSlow = rounds > 100 && chance(0.02);
      const there = kinds.filter((kind) => Boolean(kind.isSlow) === isSlow && isThere(from, kind));
      await attack(from, pick(there), chance(0.7) ? 'flipped' : pick(damages), seed + round);
    }
    tell('damage', tally);
  });
});

const copyWhole = (from: keyof typeof states): Promise<void> => {
  newCopy();
  return copyFiles(states[from], copy, filesOf(states[from]));
};

/** Deletes an object of the copy, as a client would. */
const deleteObject = async (key: string): Promise<void> => {
  const options = { directory: join(copy, 's3'), onObject: () => {}, clock: () => new Date() };
  const { objects, close } = await openObjects(options);
  await objects.remove(lake, key);
  await close();
};

/** Takes a file's record from the ledger of the copy, and gives the current version of a day an item too many. */
const changeTables = async (): Promise<void> => {
  const [ledger, kpis] = ['soundcheck-dev-ledger', 'soundcheck-dev-kpis'];
  const { client, close } = await startTables([], { folder: join(copy, 'dynamo') });
  const items = async (TableName: string) => (await client.send(new ScanCommand({ TableName }))).Items ?? [];
  const record = (await items(ledger)).find(({ pk }) => pk?.S === 'FILE#data/streams/streams2.csv');
  const pointer = (await items(kpis)).find(({ sk }) => sk?.S === 'CURRENT');
  const { pk = { S: '' }, sk = { S: '' } } = record ?? {};
  await client.send(new DeleteItemCommand({ TableName: ledger, Key: { pk, sk } }));
  const version = { S: `${pointer?.pk?.S}#${pointer?.version?.S}` };
  await client.send(
    new PutItemCommand({ TableName: kpis, Item: { pk: version, sk: { S: 'GENRE#nobody' } } }),
  );
  await close();
};

describe('soundcheck doctor --state', { timeout: 120_000 }, () => {
  const doctor = async () => {
    const { code, stdout } = await soundcheckHere(['doctor', '--state', copy, '--json']);
    const { problems, compared } = JSON.parse(stdout);
    return {
      code,
      compared,
      problems: problems.map(({ check, message }: Problem) => `${check}: ${message}`),
      next: problems.map((problem: Problem) => problem.next),
    };
  };
  const known = (text: string) => !/dead letters|manifest|deployed|outdated|tables: /.test(text);

  test('compares a cloud that runs', () => {
    const { problems, compared } = JSON.parse(doctorOfRunning.stdout);
    expect(problems.filter(({ check }: Problem) => /objects|ledger|silver|KPIs|state/.test(check))).toEqual(
      [],
    );
    expect(compared).toMatchObject({ files: 3, rows: 60 });
    expect(compared.kpi_items).toBeGreaterThan(20);
  });

  test.each(['stopped', 'killed'] as const)(
    'finds nothing in a sound state, and changes nothing: %s',
    async (from) => {
      await copyWhole(from);
      const files = filesOf(copy);
      const bytes = files.map((path) => readFileSync(join(copy, path)).toString('latin1'));
      const { problems, compared } = await doctor();
      expect(problems.filter(known)).toEqual([]);
      expect(compared).toMatchObject({ files: 3, rows: 60 });
      expect(filesOf(copy)).toEqual(files);
      expect(
        files.filter((path, at) => readFileSync(join(copy, path)).toString('latin1') !== bytes[at]),
      ).toEqual([]);
    },
  );

  test('finds what differs between objects, ledger, silver and KPIs', async () => {
    await copyWhole('stopped');
    const s3 = await openS3({ directory: join(copy, 's3'), onObject: () => {} });
    const archived = (await s3.list(lake, 'data/archive/')).map(({ key }) => key);
    const { path = '' } = (await s3.locate(lake, archived[0] ?? '')) ?? {};
    await s3.put(lake, 'data/archive/streams/year=2024/month=01/day=01/stray.csv@1', Buffer.from('x'));
    const [rejected = ''] = (await s3.list(lake, 'data/quarantine/'))
      .map(({ key }) => key)
      .filter((key) => !key.endsWith('.json'));
    await s3.close();
    await deleteObject(rejected);
    damage(path, 'cut', () => 5);
    writeFileSync(join(copy, 's3', 'objects', 'stray'), 'nobody');
    const warehouse = await openWarehouse({ state: copy });
    const connection = await warehouse.connect();
    for (const sql of [
      "delete from silver.streams where landed_file = 'data/streams/streams1.csv'",
      `insert into silver.streams select * replace ('data/streams/stranger.csv' as landed_file)
        from silver.streams where landed_file = 'data/streams/streams2.csv' limit 3`,
      'delete from gold.fact_listens where user_id = (select min(user_id) from gold.fact_listens)',
    ])
      await connection.run(sql);
    connection.closeSync();
    warehouse.closeSync();
    await changeTables();
    const { code, problems } = await doctor();
    expect(code).toBe(1);
    expect(problems.filter(known)).toEqual(
      expect.arrayContaining([
        expect.stringMatching(/^objects: The bytes of data\/.* are damaged: .* has 5 bytes, not \d+/),
        expect.stringMatching(/^objects: 1 file of 0\.0 MB belongs to no object.*s3\/objects\/stray/),
        expect.stringMatching(/^ledger: data\/archive\/.*stray\.csv@1 belongs to no file of the ledger/),
        expect.stringMatching(
          /^ledger: data\/streams\/streams3\.csv@.* is quarantined, but data\/quarantine\/.* is not in the lake/,
        ),
        expect.stringMatching(
          /^ledger: the ledger lists data\/streams\/streams2\.csv@.*, but has no record of it/,
        ),
        expect.stringMatching(
          /^silver: silver\.streams has 0 rows of data\/streams\/streams1\.csv@.*, but 30 were published/,
        ),
        expect.stringMatching(
          /^silver: silver\.streams has 3 rows of data\/streams\/stranger\.csv@.*, which is not published/,
        ),
        expect.stringMatching(/^KPIs: \d+ items? of the KPI table differs? from gold: /),
        expect.stringMatching(/^KPIs: the current version DAY#.* has items that gold does not have/),
      ]),
    );
  });

  test.each([
    ['dynamo.db', /^state: .*dynamo\.db is damaged: /, /^npm start -- --state \S+ --fresh$/],
    [
      'queues/soundcheck-dev-failed-invocations.db',
      /^state: .*invocations\.db is damaged: it is missing/,
      /^npm start -- --state \S+ --fresh$/,
    ],
    [
      'warehouse.duckdb',
      /^state: silver with the ledger cannot be compared: .*warehouse\.duckdb is damaged: /,
      /^npm run cloud -- --state \S+ --fresh-warehouse$/,
    ],
    ['cloud.env', /^state: .*cloud\.env is damaged: /, /^npm run cloud -- --state \S+$/],
  ])('names %s if it is damaged, and what to do', async (path, said, command) => {
    await copyWhole('stopped');
    damage(join(copy, path), /cloud|queues/.test(path) ? 'missing' : 'cut', () => 7_000);
    const { code, problems, next } = await doctor();
    expect(code).toBe(1);
    const at = problems.findIndex((problem: string) => said.test(problem));
    expect([problems[at], next[at]]).toEqual([expect.anything(), expect.stringMatching(command)]);
  });
});

describe('a start', { timeout: 60_000 }, () => {
  // Not on a copy, where all functions would have to be bundled first.
  test.each(['redshift-data/states.db', 'dynamo.db', 'events/deliveries.db', 'warehouse.duckdb'])(
    'on a damaged %s says so in one line, and overwrites nothing',
    async (path) => {
      const file = join(states.stopped, path);
      const sound = readFileSync(file);
      damage(file, 'cut', () => 7_000);
      const { code, stderr } = await soundcheckHere(['runs', '--state', states.stopped]);
      expect(code).toBe(1);
      expect(stderr).toMatch(/^No cloud runs on .*\nerror: .* is damaged: .*\n$/);
      expect(stderr).toContain(file);
      expect(readFileSync(file).equals(sound.subarray(0, 7_000))).toBe(true);
      writeFileSync(file, sound);
    },
  );
});
