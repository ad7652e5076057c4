import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { type Random, seededRandom } from '../../local/generate/random.ts';
import { rowsOf, smallStreams } from '../end-to-end/listens.ts';
import { newState } from '../end-to-end/new-state.ts';
import { type Pipeline, pipelineAt } from '../end-to-end/pipeline.ts';
import { differences, expected, readable } from '../end-to-end/published-kpis.ts';
import { queryWarehouse } from '../end-to-end/warehouse.ts';
import { type File, landUnderAttack } from './land-under-attack.ts';
import { scaleOf, tell } from './scale.ts';

const { rounds, seed } = scaleOf({ rounds: 3, seed: 5 });
const streams = Array.from({ length: 2 * rounds + 2 }, (_, index) => ({
  name: `streams${index}.csv`,
  text: smallStreams(100 * seed + index),
}));

const minute = 60_000;
const hour = 60 * minute;
const day = 24 * hour;
/** Longer than a call may take, than a function may work, than a token lasts, than statements and staged rows are kept. */
const jumps = [2 * minute, 20 * minute, 9 * hour, 2 * day, 40 * day, 400 * day];

let state: string;
let clock: string;
let child: ChildProcess;
let offset = 0;
beforeAll(async () => {
  state = await newState();
  clock = join(await mkdtemp(join(tmpdir(), 'clock-')), 'offset');
});
afterAll(async () => {
  await kill();
  await rm(state, { recursive: true, force: true });
  await rm(join(clock, '..'), { recursive: true, force: true });
});

/** Starts a cloud on the state in a process whose clock can be moved. */
const start = async (): Promise<Pipeline> => {
  const script = join(import.meta.dirname, '../end-to-end/cloud-process.ts');
  const moved = join(import.meta.dirname, '../../bench/moved-clock.mjs');
  child = spawn(process.execPath, ['--import', 'tsx', '--import', moved, script, process.cwd(), state], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16', MOVED_CLOCK: clock },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const [line] = await once(createInterface(child.stdout ?? process.stdin), 'line');
  return pipelineAt(JSON.parse(line));
};

const kill = async (): Promise<void> => {
  if (!child || child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
};

const moveTo = async (milliseconds: number): Promise<void> => {
  offset = milliseconds;
  await writeFile(clock, String(offset));
};

/** What happens to the clock of the cloud, in this order, each time with another jump. */
const attacks = {
  'goes ahead': (random: Random) => moveTo(offset + random.pick(jumps)),
  'stands still while the machine sleeps': async (random: Random) => {
    child.kill('SIGSTOP');
    await moveTo(offset + random.pick(jumps));
    await pause(random.below(1_500));
    child.kill('SIGCONT');
  },
  'goes back': (random: Random) => moveTo(offset - random.pick(jumps)),
  'is set right': () => moveTo(0),
  'is wrong after a start': async (random: Random) => {
    await kill();
    await moveTo(random.pick([-1, 1]) * random.pick(jumps));
  },
} satisfies Record<string, (random: Random) => Promise<void>>;

const inTurn = Object.values(attacks);

/** When each file landed by the clock of this process. */
const landedAt = new Map<string, number>();

const land = (pipeline: Pipeline, files: readonly File[]) => {
  for (const { name } of files) landedAt.set(`data/streams/${name}`, Date.now());
  return landUnderAttack(pipeline, files);
};

describe(`a cloud whose clock jumps ${rounds} times, seed ${seed}`, { timeout: 100_000 * rounds }, () => {
  test('counts every row once', async () => {
    const random = seededRandom(seed);
    const landed: FileVersion[] = [];
    let left: readonly File[] = streams.slice(0, 2);
    let pipeline = await start();
    await pipeline.landManifest('streams');
    for (let round = 1; round <= rounds; round++) {
      const landing = land(pipeline, left);
      await pause(random.below(2_500));
      await inTurn[(round - 1) % inTurn.length]?.(random);
      const outcome = await landing;
      landed.push(...outcome.landed);
      left = [...outcome.left, ...streams.slice(2 * round, 2 * round + 2)];
      if (child.signalCode !== null) pipeline = await start();
    }
    const outcome = await land(pipeline, left);
    expect(outcome.left).toEqual([]);

    const records = await pipeline.atRest([...landed, ...outcome.landed], { timeout: 50_000 * rounds });
    expect(new Set(records.map(({ key }) => key)).size).toBe(streams.length);
    expect(new Set(records.map((record) => record.state))).not.toContain('parked');
    const errors = records.map(({ key, landed_at }) => Date.parse(landed_at) - (landedAt.get(key) ?? 0));
    expect(Math.max(...errors.map(Math.abs))).toBeGreaterThan(minute);
    const perFile = 'select landed_file, count(*) from silver.streams group by landed_file';
    expect(new Map((await queryWarehouse(perFile)) as [string, string][])).toEqual(
      new Map(streams.map(({ name, text }) => [`data/streams/${name}`, String(rowsOf(text).length)])),
    );
    tell('clock', { rounds, files: streams.length, end: `${Math.round(offset / minute)} minutes off` });
    const wanted = expected({ streams, tracks: [] });
    expect(differences(readable(await pipeline.allKpis()), wanted)).toEqual([]);
  });
});
