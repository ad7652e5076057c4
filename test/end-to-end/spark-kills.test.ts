import { readdir, readFile, writeFile } from 'node:fs/promises';
import { platform } from 'node:os';
import { join } from 'node:path';
import type { JobRun } from '@aws-sdk/client-glue';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { batchId } from '../../functions/pipeline/records/lease.ts';
import type { StoredFile } from '../functions/records.ts';
import { describeInstalled } from '../spark/installed.ts';
import { endOf, type Fault, type FaultyCloud, type Job, startFaultyCloud } from './faulty-spark.ts';
import { rowsOf, smallStreams } from './listens.ts';
import { differences, expected, readable } from './published-kpis.ts';
import { queryWarehouse } from './warehouse.ts';

const minute = 60_000;
const patience = { timeout: 5 * minute, interval: 100 };

let cloud: FaultyCloud;
/** All that has landed so far, in its order. */
const streams: { name: string; text: string }[] = [];

const land = (seed: number, name = `streams${seed}.csv`, rows = 30): Promise<FileVersion> => {
  const text = smallStreams(seed, rows);
  streams.push({ name, text });
  return cloud.land(`data/streams/${name}`, text);
};

/** Waits for files to rest and expects all rows that have landed so far exactly once: in the ledger, on main and in the KPIs. */
const expectOnce = async (...files: FileVersion[]): Promise<StoredFile[]> => {
  const records = await cloud.atRest(files, { timeout: 8 * minute });
  const newest = new Map(streams.map(({ name, text }) => [`data/streams/${name}`, rowsOf(text).length]));
  const last = records.at(-1);
  expect(last).toMatchObject({ state: 'published', rows: newest.get(last?.key ?? '') });
  const perFile =
    'select landed_file, count(*), count(distinct landed_version) from silver.streams group by landed_file';
  expect(new Set(await queryWarehouse(perFile))).toEqual(
    new Set([...newest].map(([key, rows]) => [key, String(rows), '1'])),
  );
  const found = readable(await cloud.allKpis());
  expect(differences(found, expected({ streams, tracks: [] }, found.keys()))).toEqual([]);
  const { snapshots, branches } = await cloud.history('streams');
  const appended = snapshots.filter(({ operation }) => operation === 'append').map(({ batch }) => batch);
  expect(appended.filter((batch) => batch === last?.batch_id)).toHaveLength(1);
  expect(branches).toEqual(['main']);
  return records;
};

const statesOf = (runs: readonly JobRun[]) => runs.map(({ JobRunState }) => JobRunState).reverse();
const messagesOf = (runs: readonly JobRun[]) => runs.flatMap(({ ErrorMessage = [] }) => ErrorMessage);
const killed = "WorkerLost: Spark's process ended by SIGKILL";

/** The batch that holds the dataset. */
const openBatch = async (): Promise<string> => (await cloud.ledger.leases.find('streams')).holder ?? '';

type Killings = { moments: string; transform: Fault; quality: readonly [Fault, Fault] };

/** `SPARK_KILLS=all`, as each night, kills as well at moments at which less is left half done, and fills the disk at another one. */
const isAll = process.env.SPARK_KILLS === 'all';
const metadata = 'lake/silver/streams/metadata';
const late: Killings = {
  moments: 'before the result of its transform, while it moves main, and before its result',
  transform: ['after staging.stage_rows', 'kill'],
  quality: [
    ['branches.fast_forward', `kill-at-file=${metadata}/v*.metadata.json`],
    ['after gate.settle', 'kill'],
  ],
};
const early: Killings = {
  moments: 'before it reads, before it validates, and before it moves main',
  transform: ['landed.read_landed', 'kill'],
  quality: [
    ['verdicts.validate', 'kill'],
    ['branches.fast_forward', 'kill'],
  ],
};

type Filling = { doing: string; job: Job; names: readonly string[]; next: string; said: string };

const full: Filling = {
  doing: 'it stages',
  job: 'transform',
  names: ['staging.stage_rows'],
  next: 'landed.read_landed',
  said: 'RunFailed: File too large',
};

describeInstalled('a cloud whose Spark fails while every event is lost', (installation) => {
  beforeAll(async () => {
    if (!installation) return;
    cloud = await startFaultyCloud();
    await cloud.landManifest('streams');
  }, 5 * minute);
  afterAll(async () => {
    await cloud?.stop();
    vi.unstubAllEnvs();
  }, minute);

  test.each<Killings>([
    {
      moments: 'while it stages, while it writes what main is to be, and after it has moved main',
      transform: ['staging.stage_rows', 'kill-at-file=staging/*/*/rows/_temporary/**/*.parquet'],
      quality: [
        ['branches.fast_forward', `kill-at-file=${metadata}/*-*.metadata.json`],
        ['after branches.fast_forward', 'kill'],
      ],
    },
    ...(isAll ? [late, early] : []),
  ])(
    'counts every row once by sweep alone, killed $moments',
    async ({ transform, quality }) => {
      for (const fault of [transform, ...quality]) await cloud.arm(fault);
      const [file] = await expectOnce(await land(100 + streams.length));
      for (const [name] of [transform, ...quality]) await cloud.happened(name);

      expect(file).toMatchObject({ failed_runs: 1, failed_alone: 1 });
      const before = batchId('streams', (file?.fence ?? 0) - 1);
      expect(await cloud.ledger.batches.find(before)).toMatchObject({ state: 'failed', reason: killed });
      const runs = await cloud.runsOf('quality', file?.batch_id ?? '');
      expect(statesOf(runs)).toEqual(['FAILED', 'FAILED', 'SUCCEEDED']);
      expect(messagesOf(runs)).toEqual([killed, killed]);
    },
    15 * minute,
  );

  test(
    'publishes what was validated where a newer version lands before it is read, and then that one',
    async () => {
      await cloud.hold('landed_files.group_files');
      const old = await land(300, 'streams300.csv', 20);
      await cloud.happened('landed_files.group_files');
      const newer = await land(301, 'streams300.csv', 25);
      await vi.waitFor(
        async () => expect(await cloud.ledger.files.find(newer)).toMatchObject({ state: 'accepted' }),
        patience,
      );
      await cloud.release('landed_files.group_files');
      const [first, second] = await expectOnce(old, newer);
      expect(first).toMatchObject({ state: 'superseded', rows: 20, superseded_by: newer.version });
      expect(first?.published_at).toBeDefined();
      expect(second).toMatchObject({ state: 'published', rows: 25, number: 2 });
      const { snapshots } = await cloud.history('streams');
      expect(snapshots.slice(0, 3).map(({ batch, operation }) => [batch, operation])).toEqual([
        [second?.batch_id, 'append'],
        [second?.batch_id, 'delete'],
        [first?.batch_id, 'append'],
      ]);
    },
    15 * minute,
  );

  test.runIf(platform() === 'linux').each<Filling>([
    {
      doing: 'it appends, and again while it moves main',
      job: 'quality',
      names: ['publishing._append', 'branches.fast_forward'],
      next: 'gate.settle',
      said: 'NotPublished: not published: File too large',
    },
    ...(isAll ? [full] : []),
  ])(
    'shows nothing of a batch whose disk is full while $doing, and all of it once there is room',
    async ({ job, names, next, said }) => {
      for (const name of names) await cloud.arm([name, 'full-disk=1024']);
      const file = await land(200 + streams.length);
      for (const name of names) await cloud.happened(name);
      const batch = await openBatch();
      await cloud.hold(next);
      await cloud.happened(next);
      expect(messagesOf(await cloud.runsOf(job, batch))).toEqual(names.map(() => said));
      const { snapshots } = await cloud.history('streams');
      expect(snapshots.map((snapshot) => snapshot.batch)).not.toContain(batch);
      await cloud.release(next);
      await expectOnce(file);
    },
    15 * minute,
  );

  test(
    'publishes once where a second run of the batch starts while the first is at work',
    async () => {
      await cloud.hold('verdicts.validate');
      const file = await land(400);
      await cloud.happened('verdicts.validate');
      const batch = await openBatch();
      const second = await cloud.startRun('quality', batch);
      await vi.waitFor(async () => {
        const run = (await cloud.runsOf('quality', batch)).find(({ Id }) => Id === second);
        expect(run?.JobRunState).toBe('RUNNING');
      }, patience);
      await cloud.release('verdicts.validate');
      await expectOnce(file);
      expect(statesOf(await cloud.runsOf('quality', batch))).toEqual(['SUCCEEDED', 'SUCCEEDED']);
    },
    15 * minute,
  );

  test(
    'fails a batch whose staging is damaged, publishes its file with the next, and rejects the old batch for ever',
    async () => {
      await cloud.hold('gate.settle');
      const landed = await land(500);
      await cloud.happened('gate.settle');
      const batch = await openBatch();
      const repair = await damageStaging(batch);
      await cloud.release('gate.settle');
      const [file] = await expectOnce(landed);
      const failed = await cloud.ledger.batches.find(batch);
      expect(failed).toMatchObject({
        state: 'failed',
        reason: expect.stringMatching(/^NotPublished: not published: Checksum error/),
      });
      expect(file).toMatchObject({ failed_runs: 1, fence: (failed?.fence ?? 0) + 1 });
      expect(statesOf(await cloud.runsOf('quality', batch))).toEqual(['FAILED', 'FAILED', 'FAILED']);

      await repair();
      const before = await cloud.history('streams');
      const zombie = await endOf(cloud, 'quality', batch, await cloud.startRun('quality', batch));
      expect(zombie).toMatchObject({
        JobRunState: 'FAILED',
        ErrorMessage: expect.stringContaining(
          `not published: batch ${batch} holds fence ${failed?.fence}, but fence ${file?.fence} has published already`,
        ),
      });
      expect(await cloud.history('streams')).toEqual(before);
      await expectOnce(landed);
    },
    15 * minute,
  );
});

/** Changes one byte of the rows that a batch has staged; answers what changes it back. */
const damageStaging = async (batch: string): Promise<() => Promise<void>> => {
  const staging = join(cloud.lake, 'staging', batch);
  const names = await readdir(staging, { recursive: true });
  const path = join(staging, names.find((name) => /rows\/part-.*\.parquet$/.test(name)) ?? '');
  const whole = await readFile(path);
  const damaged = Buffer.from(whole);
  damaged.writeUInt8(damaged.readUInt8(damaged.length >> 1) ^ 0xff, damaged.length >> 1);
  await writeFile(path, damaged);
  return () => writeFile(path, whole);
};
