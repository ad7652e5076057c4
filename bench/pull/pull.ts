import { type ChildProcess, fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { renderCatalog } from '../../deploy/index.ts';
import { bundleFunctions } from '../../local/cloud/index.ts';
import { lakeClient } from '../lake-client.ts';
import type { Measurement } from '../report.ts';
import { serveSessions } from './api.ts';
import type { Invocation } from './invoke.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const built = join(root, '.build/bench/pull');

/** V8 lets its heap grow while there is memory; a process with 128 MB has to say how much there is. */
const heapOptions = ['--max-old-space-size=32', '--max-semi-space-size=2'];

const month = { from: '2020-02-01', to: '2020-02-29' };

type Environment = Readonly<Record<string, string>>;

/**
 * Pulls a month of so many megabytes from a server on this machine and lands it, with the bundle of `pull-sources` in a process of
 * its own. S3, DynamoDB and Secrets Manager of the laptop cloud are another process.
 */
export const pull = async (megabytes: number): Promise<Measurement> => {
  const bundles = await bundle();
  const directory = await mkdtemp(join(tmpdir(), 'bench-pull-'));
  const api = await serveSessions(megabytes);
  const services = fork(fileURLToPath(new URL('services.ts', import.meta.url)), [directory], {
    execArgv: ['--import', 'tsx'],
  });
  try {
    const environment = (await messageOf(services, 'the services')) as Environment;
    const { ms, cpu_ms, peak_mb } = await invoke(bundles, { ...environment, SHOP_API: api.url });
    await expectLanded(environment, api.records);
    const size_mb = api.bytes / 1e6;
    const figures = { size_mb, records: api.records, ms, mb_per_second: (size_mb * 1000) / ms, cpu_ms };
    return { bench: 'pull', figures: { ...figures, peak_memory_mb: peak_mb } };
  } finally {
    services.kill('SIGKILL');
    api.close();
    await rm(directory, { recursive: true, force: true });
  }
};

/** Paths of the deployed bundle and of the program that calls it. */
const bundle = async (): Promise<{ readonly handler: string; readonly program: string }> => {
  await mkdir(built, { recursive: true });
  const path = join(built, 'catalog.json');
  await writeFile(path, JSON.stringify(await renderCatalog(root, 'duckdb', 'duckdb')));
  const { functions } = await bundleFunctions({
    root,
    functions: [
      { key: 'pullSources', entry: 'functions/pull-sources.ts' },
      { key: 'invoke', entry: 'bench/pull/invoke.ts' },
    ],
    directory: built,
    catalog: { path },
  });
  return { handler: functions.get('pullSources') ?? '', program: functions.get('invoke') ?? '' };
};

const invoke = async (
  { handler, program }: { readonly handler: string; readonly program: string },
  environment: Environment,
): Promise<Invocation> => {
  const event = JSON.stringify({ source: 'sessions', ...month });
  const child = fork(program, [handler, event], {
    execArgv: heapOptions,
    env: { ...environment, NAME: 'bench', AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' },
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  return (await messageOf(child, 'the pull')) as Invocation;
};

/** The one message of a process; rejects if the process ends without it. */
const messageOf = async (child: ChildProcess, what: string): Promise<unknown> => {
  const ended = once(child, 'exit').then(([code, signal]) => {
    throw new Error(`${what} ended with ${code ?? signal}`);
  });
  const [message] = await Promise.race([once(child, 'message'), ended]);
  ended.catch(() => {});
  return message;
};

/** A failed pull is a record, not an error: measure nothing that did not land. */
const expectLanded = async (environment: Environment, records: number): Promise<void> => {
  const lake = lakeClient(environment);
  const { state, reason, content } = (await lake.record('PULLS#sessions')) ?? {};
  lake.close();
  if (state !== 'landed') throw new Error(`the pull is ${state}: ${reason}`);
  const landed = (content as { readonly records: number }).records;
  if (landed !== records) throw new Error(`${landed} records landed instead of ${records}`);
};
