import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { BatchStopJobRunCommand, GetJobRunsCommand, GlueClient, type JobRun } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { Engine } from '../../local/cloud/state-engine.ts';
import { writeSample } from '../../local/generate/sample.ts';
import { describeInstalled } from '../spark/installed.ts';
import { type Laptop, startLaptop } from './laptop.ts';
import { rowsOf, smallStreams } from './listens.ts';
import { type Landing, landAll, type Outcome, outcomeOf, parityProject } from './parity.ts';
import { projectWith } from './project.ts';
import { differences, expected, readable } from './published-kpis.ts';
import { queryWarehouse } from './warehouse.ts';

const minute = 60_000;

let root: string;
let sample: Landing[];
let laptop: Laptop | undefined;

/** Starts a cloud, which the next one or the end of the tests ends. */
const start = async (engine: Engine): Promise<Laptop> => {
  await laptop?.stop();
  laptop = undefined;
  laptop = await startLaptop({ root, engine, sweepEvery: 2_000 });
  return laptop;
};

const outcomeWith = async (engine: Engine): Promise<Outcome> => {
  const started = await start(engine);
  return outcomeOf(started, await landAll(started, root, sample));
};

const readSample = async (): Promise<Landing[]> => {
  const folder = await mkdtemp(join(tmpdir(), 'sample-'));
  const files = (await writeSample(folder)).map(async ({ dataset, path }) => ({
    key: `data/${dataset}/${basename(path)}`,
    text: await readFile(path, 'utf8'),
  }));
  const read = await Promise.all(files);
  await rm(folder, { recursive: true });
  return read;
};

describeInstalled('a cloud with Spark', (installation) => {
  beforeAll(async () => {
    if (!installation) return;
    root = await projectWith(parityProject(await readFile('rules/streams/manifest.json', 'utf8')));
    sample = await readSample();
  }, minute);
  afterAll(async () => {
    await laptop?.stop();
    if (root) await rm(root, { recursive: true, force: true });
  }, minute);

  test('publishes what a cloud with DuckDB publishes of the same files', {
    timeout: 15 * minute,
  }, async () => {
    const duckdb = await outcomeWith('duckdb');
    const spark = await outcomeWith('spark');

    expect(spark.files).toEqual(duckdb.files);
    expect(new Set(spark.files.map(({ state }) => state))).toEqual(
      new Set(['published', 'quarantined', 'superseded']),
    );
    for (const [dataset, silver] of Object.entries(duckdb.silver)) {
      expect([dataset, spark.silver[dataset]?.columns]).toEqual([dataset, silver.columns]);
      expect(silver.rows.length).toBeGreaterThan(1);
      expect(differing(spark.silver[dataset]?.rows ?? [], silver.rows)).toEqual([]);
    }
    expect(spark.kpis.size).toBeGreaterThan(9_000);
    expect(differences(spark.kpis, duckdb.kpis)).toEqual([]);
  });

  test('counts every row once though a run is stopped', {
    timeout: 15 * minute,
  }, async () => {
    const laptop = await start('spark');
    await laptop.landManifest('streams');
    await stopAtWork(laptop, 'streams1.csv', 'transform');
    const perFile =
      'select landed_file, count(*) from silver.streams group by landed_file order by landed_file';
    expect(await queryWarehouse(perFile)).toEqual(
      broken.map((name) => [`data/streams/${name}`, String(rowsOf(listensOf(name)).length)]),
    );
    const streams = broken.map((name) => ({ name, text: listensOf(name) }));
    expect(differences(readable(await laptop.allKpis()), expected({ streams, tracks: [] }))).toEqual([]);
  });
});

/** Rows that one side has and the other has not; the first ten. */
const differing = (actual: readonly string[], wanted: readonly string[]): string[] => {
  const [one, other] = [new Set(actual), new Set(wanted)];
  const differences = [
    ...(actual.length === wanted.length ? [] : [`${actual.length} rows, not ${wanted.length}`]),
    ...actual.filter((row) => !other.has(row)).map((row) => `too many: ${row}`),
    ...wanted.filter((row) => !one.has(row)).map((row) => `missing: ${row}`),
  ];
  return differences.slice(0, 10);
};

const broken = ['streams1.csv'];
const listensOf = (name: string): string => smallStreams(Number(name.replace(/\D/g, '')));

type Job = 'transform' | 'quality';

/** Lands a file, stops its run while Spark is at work on it, and waits until it has come to rest all the same. */
const stopAtWork = async (laptop: Laptop, name: string, job: Job): Promise<void> => {
  const before = new Set((await runsOf(job)).map(({ Id }) => Id));
  const file = await laptop.land(`data/streams/${name}`, listensOf(name));
  const run = await vi.waitFor(
    async () => {
      const runs = await runsOf(job);
      const found = runs.find(({ Id, JobRunState }) => !before.has(Id) && JobRunState === 'RUNNING');
      if (!found) throw new Error(`no ${job} run is at work`);
      return found;
    },
    { timeout: 3 * minute, interval: 50 },
  );
  await stop(job, run);
  const [record] = await laptop.atRest([file], { timeout: 5 * minute });
  expect(record).toMatchObject({ state: 'published', rows: rowsOf(listensOf(name)).length });
};

const jobName = (job: Job): string => `soundcheck-dev-${job}`;

const runsOf = async (job: Job): Promise<JobRun[]> =>
  (await new GlueClient().send(new GetJobRunsCommand({ JobName: jobName(job) }))).JobRuns ?? [];

const endOf = (job: Job, { Id }: JobRun, wanted: object): Promise<void> =>
  vi.waitFor(
    async () => {
      const run = (await runsOf(job)).find((one) => one.Id === Id);
      expect(run).toMatchObject(wanted);
    },
    { timeout: minute, interval: 100 },
  );

const stop = async (job: Job, run: JobRun): Promise<void> => {
  const stopping = new BatchStopJobRunCommand({ JobName: jobName(job), JobRunIds: [run.Id ?? ''] });
  await new GlueClient().send(stopping);
  await endOf(job, run, { JobRunState: 'STOPPED' });
};
