import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { FileVersion } from '../../functions/pipeline/lake-keys.ts';
import { seededRandom } from '../../local/generate/random.ts';
import { rowsOf, smallStreams } from '../end-to-end/listens.ts';
import { newState } from '../end-to-end/new-state.ts';
import { type Pipeline, pipelineAt } from '../end-to-end/pipeline.ts';
import { differences, expected, readable } from '../end-to-end/published-kpis.ts';
import { queryWarehouse } from '../end-to-end/warehouse.ts';
import { type File, landUnderAttack } from './land-under-attack.ts';
import { scaleOf, tell } from './scale.ts';

const { rounds, seed } = scaleOf({ rounds: 3, seed: 17 });
const streams = Array.from({ length: 2 * rounds + 2 }, (_, index) => ({
  name: `streams${index}.csv`,
  text: smallStreams(100 * seed + index),
}));

let state: string;
let child: ChildProcess;
beforeAll(async () => {
  state = await newState();
});
afterAll(async () => {
  await kill();
  await rm(state, { recursive: true, force: true });
});

/** Starts a cloud on the state in a process of its own. */
const start = async (): Promise<Pipeline> => {
  const script = join(import.meta.dirname, '../end-to-end/cloud-process.ts');
  child = spawn(process.execPath, ['--import', 'tsx', script, process.cwd(), state], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
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

describe(`a cloud that is killed ${rounds} times, seed ${seed}`, { timeout: 100_000 * rounds }, () => {
  test('counts every row once', async () => {
    const random = seededRandom(seed);
    const landed: FileVersion[] = [];
    const next = [...streams];
    // A file that is alone has nobody else to fail its runs.
    const some = (): File[] => next.splice(0, 1 + random.below(2));
    let left: readonly File[] = some();
    let pipeline = await start();
    await pipeline.landManifest('streams');
    for (let round = 1; round <= rounds; round++) {
      const landing = landUnderAttack(pipeline, left);
      await pause(random.below(3_000));
      await kill();
      const outcome = await landing;
      landed.push(...outcome.landed);
      left = [...outcome.left, ...some()];
      pipeline = await start();
    }
    const outcome = await landUnderAttack(pipeline, [...left, ...next]);
    expect(outcome.left).toEqual([]);

    const records = await pipeline.atRest([...landed, ...outcome.landed], { timeout: 50_000 * rounds });
    expect(new Set(records.map(({ key }) => key)).size).toBe(streams.length);
    expect(records.filter(({ failed_runs }) => failed_runs > 0)).toEqual([]);
    const perFile = 'select landed_file, count(*) from silver.streams group by landed_file';
    expect(new Map((await queryWarehouse(perFile)) as [string, string][])).toEqual(
      new Map(streams.map(({ name, text }) => [`data/streams/${name}`, String(rowsOf(text).length)])),
    );
    tell('kills', { rounds, files: streams.length });
    const wanted = expected({ streams, tracks: [] });
    expect(differences(readable(await pipeline.allKpis()), wanted)).toEqual([]);
  });
});
