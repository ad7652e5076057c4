import { spawn } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { treeMemory, watchTree } from '../../bench/process-tree.ts';
import { runEngine } from '../../bench/spark/contenders.ts';
import { writeStreams, writeTracks } from '../../bench/spark/files.ts';
import { besideHandWritten } from '../../bench/spark/measure.ts';
import { describeInstalled } from '../spark/installed.ts';

describe('the memory of a tree of processes', () => {
  it.skipIf(process.platform !== 'linux')('counts what a process has started', async () => {
    const holds = 'const held = Buffer.alloc(100_000_000, 1); setInterval(() => held.length, 1000);';
    const child = spawn(process.execPath, ['-e', holds]);
    const memory = watchTree(process.pid, 20);
    while (!((await treeMemory(child.pid ?? 0)) > 100)) await wait(20);
    const [alone, together] = [await treeMemory(child.pid ?? 0), await treeMemory(process.pid)];
    await wait(100);
    child.kill();
    expect(together).toBeGreaterThan(alone);
    expect(memory.stop()).toBeGreaterThan(100);
  });
});

describe('the benches of engines', () => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'bench-spark-'));
  });
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('publish the rows of every file of a batch on DuckDB, in a process of its own', async () => {
    const streams = await writeStreams(join(folder, 'in'), 1_000, 3);
    expect(streams.map(({ records }) => records)).toEqual([333, 333, 334]);
    const request = { engine: 'duckdb' as const, state: join(folder, 'state'), streams };
    const tracks = await writeTracks(folder);
    const taken = await runEngine({ ...request, tracks, isWithKpis: true });
    expect(taken).toMatchObject({ rows: 1_000, publish_ms: taken.transform_ms + taken.quality_ms });
    expect(taken.kpis_ms).toBeGreaterThan(0);
  }, 120_000);
});

/** Other tests compare the KPIs of Spark with those of the oracle; this one keeps the bench itself working. */
const isAsked = process.env.SPARK_BENCH !== undefined;

describeInstalled('our jobs on Spark beside one written by hand', () => {
  it.runIf(isAsked)(
    'leave the same KPIs',
    async () => {
      // Warm sessions and a catalogue of real size change times, not KPIs.
      const standings = await besideHandWritten(3_000, 1, { tracks: 2_000, warmUpRows: 0 });
      expect(standings).toMatchObject([
        { contender: 'Soundcheck on Spark', rows: 3_000 },
        { contender: 'written by hand', rows: 3_000 },
      ]);
    },
    600_000,
  );
});
