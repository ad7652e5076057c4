import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { martLease } from '../../functions/pipeline/records/lease.ts';
import { smallStreams } from './listens.ts';
import { newState } from './new-state.ts';
import { type Pipeline, pipelineAt } from './pipeline.ts';
import { differences, expected, readable } from './published-kpis.ts';

/** `REBUILD_KILLS=<n>` kills n times at every moment; otherwise once at those where most is at stake. */
const rounds = Number(process.env.REBUILD_KILLS ?? 0);

const moments = [
  'before it is sent',
  'after it is sent',
  'while it unloads',
  'before it is committed',
  'after it is committed',
  'before items are written',
  'after items are written',
  'before the pointer moves',
  'after the pointer moves',
];
const signals = ['SIGKILL', 'SIGINT'];
const every = moments.flatMap((moment) => signals.map((signal) => [moment, signal] as const));
const kills =
  rounds > 0
    ? Array.from({ length: rounds }, () => every).flat()
    : ([
        ['before it is committed', 'SIGKILL'],
        ['after it is sent', 'SIGINT'],
        ['before the pointer moves', 'SIGKILL'],
      ] as const);

/** Milliseconds from the next start within which all KPIs are there, whatever was cut off, though nothing lands. */
const bound = 60_000;

type Cloud = { readonly child: ChildProcess; readonly lines: Interface; readonly pipeline: Pipeline };

let state: string;
let cloud: Cloud;
beforeAll(async () => {
  state = await newState();
  cloud = await start();
  await cloud.pipeline.landManifest('streams');
}, 240_000);
afterAll(async () => {
  if (cloud?.child.exitCode === null && cloud.child.signalCode === null) {
    const ended = once(cloud.child, 'exit');
    cloud.child.kill('SIGKILL');
    await ended;
  }
  await rm(state, { recursive: true, force: true });
});

const start = async (): Promise<Cloud> => {
  const script = join(import.meta.dirname, 'dying-cloud-process.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, process.cwd(), state], {
    env: { ...process.env, UV_THREADPOOL_SIZE: '16' },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout ?? process.stdin);
  const [line] = await once(lines, 'line');
  return { child, lines, pipeline: pipelineAt(JSON.parse(line)) };
};

/** Milliseconds since a moment, once the KPIs are those of the oracle; fails where that is beyond the bound. */
const shownAfter = async (began: number, wanted: ReturnType<typeof expected>): Promise<number> => {
  await vi.waitFor(
    async () => expect(differences(readable(await cloud.pipeline.allKpis()), wanted)).toEqual([]),
    { timeout: bound - (performance.now() - began), interval: 200 },
  );
  return performance.now() - began;
};

const arm = async ({ child, lines }: Cloud, moment: string, signal: string): Promise<void> => {
  const armed = once(lines, 'line');
  child.stdin?.write(`${moment} ${signal}\n`);
  await armed;
};

/** What still writes the KPIs of the round before must not reach the moment of this one. */
const untilFree = () =>
  vi.waitFor(
    async () => {
      const { holder } = await cloud.pipeline.ledger.leases.find(martLease('listening'));
      expect(holder).toBeUndefined();
    },
    { timeout: bound, interval: 100 },
  );

const times: string[] = [];
afterAll(() => {
  if (rounds > 0) console.info(`From the next start to all KPIs:\n${times.join('\n')}`);
});

describe('a cloud that ends while a mart is rebuilt, with nothing landing afterwards', () => {
  const streams: { readonly name: string; readonly text: string }[] = [];

  test.each(kills)(
    'shows all KPIs within a minute of the next start: %s, %s',
    { timeout: 400_000 },
    async (moment, signal) => {
      const file = { name: `streams${streams.length + 1}.csv`, text: smallStreams(300 + streams.length, 10) };
      streams.push(file);
      await untilFree();
      await arm(cloud, moment, signal);
      const ended = once(cloud.child, 'exit');
      await cloud.pipeline.land(`data/streams/${file.name}`, file.text);
      await ended;
      const wanted = expected({ streams, tracks: [] });
      const began = performance.now();
      cloud = await start();
      const took = await shownAfter(began, wanted);
      times.push(`${(took / 1000).toFixed(1).padStart(5)} s  ${moment}, ${signal}`);
      expect(took).toBeLessThan(bound);
    },
  );
});
