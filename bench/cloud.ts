import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv } from 'node:util';
import { type LakeClient, lakeClient } from './lake-client.ts';
import { until } from './until.ts';

/** A laptop cloud in its own process with an empty state, and a client of its lake. */
export type BenchCloud = {
  readonly lake: LakeClient;
  readonly process: number;
  readonly directory: string;
  /** The content of `cloud.env`. */
  readonly environment: Readonly<Record<string, string>>;
};

/** The same, with the process to talk to, and the file that moves its clock. */
export type MovedCloud = BenchCloud & { readonly child: ChildProcess; readonly clock: string };

const root = fileURLToPath(new URL('..', import.meta.url));

/** Starts a cloud in its own process, runs a program with it, and deletes everything. */
export const withCloud = async <T>(
  use: (cloud: MovedCloud) => Promise<T>,
  { recordsCalls = false } = {},
): Promise<T> => {
  const directory = await mkdtemp(join(tmpdir(), 'bench-'));
  const clock = join(directory, 'clock');
  if (recordsCalls) await startRecording(join(directory, 'state'));
  const child = spawnCloud(join(directory, 'state'), clock);
  try {
    const environment = await environmentOf(child, join(directory, 'state', 'cloud.env'));
    const lake = lakeClient(environment);
    const cloud = { lake, process: child.pid ?? 0, directory, environment, child, clock };
    return await use(cloud).finally(() => lake.close());
  } finally {
    await stop(child);
    await rm(directory, { recursive: true, force: true });
  }
};

/** See `local/cloud/access/recording.ts`. */
const startRecording = async (state: string): Promise<void> => {
  await mkdir(state);
  // What makes the folder a state.
  await writeFile(join(state, 'engine'), 'duckdb\n');
  await writeFile(callsIn(state), '');
};

/** Every call of a role while a cloud with this state folder records them. */
export const callsIn = (state: string): string => join(state, 'all-calls.jsonl');

const spawnCloud = (state: string, clock: string): ChildProcess =>
  spawn(
    process.execPath,
    ['--import', 'tsx', '--import', './bench/moved-clock.mjs', 'bench/cloud-process.ts', state],
    {
      cwd: root,
      env: { ...process.env, UV_THREADPOOL_SIZE: '16', MOVED_CLOCK: clock },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    },
  );

const environmentOf = (child: ChildProcess, path: string): Promise<Record<string, string>> =>
  until(
    async () => {
      if (hasEnded(child)) throw new Error('the cloud ended before it was up');
      const text = await readFile(path, 'utf8').catch(() => '');
      return text.includes('KPI_TABLE=') ? definedOf(parseEnv(text)) : undefined;
    },
    { what: 'the cloud', everyMs: 50, atMostMs: 60_000 },
  );

const definedOf = (variables: NodeJS.Dict<string>): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, value ?? '']));

const stop = async (child: ChildProcess): Promise<void> => {
  if (hasEnded(child)) return;
  const ended = once(child, 'exit');
  child.kill('SIGINT');
  const impatience = setTimeout(() => child.kill('SIGKILL'), 15_000);
  await ended;
  clearTimeout(impatience);
};

const hasEnded = (child: ChildProcess): boolean => child.exitCode !== null || child.signalCode !== null;
