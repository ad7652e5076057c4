import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Cloud, startCloud } from '../cloud.ts';
import { type Chaos, parseChaos, parseDuration } from '../events/chaos.ts';
import { lockState } from '../state-lock.ts';

/** What every command that runs a cloud may be told. */
export type CloudFlags = {
  readonly state: string;
  readonly fresh?: boolean;
  readonly port?: number;
  readonly chaos?: Chaos;
  readonly sweepEvery: number;
};

/** The project's folder: `serverless.yml`, `rules/` and `sql/` lie there. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url));

/** Milliseconds between two sweeps on a laptop, where nobody waits a quarter of an hour. */
export const usualSweep = '10s';

export { parseChaos, parseDuration };

/** Starts the laptop cloud as the flags say and points this process's own clients at it. */
export const openCloud = async ({ state, fresh, port, chaos, sweepEvery }: CloudFlags): Promise<Cloud> => {
  if (fresh) await empty(resolve(state));
  const options = { ...(port === undefined ? {} : { port }), ...(chaos === undefined ? {} : { chaos }) };
  const cloud = await startCloud({ root: projectRoot, state, sweepEvery, ...options }).catch(portInUse);
  Object.assign(process.env, cloud.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  return cloud;
};

/** A state that is in use is left alone: the lock says by whom. */
const empty = async (state: string): Promise<void> => {
  const unlock = await lockState(state);
  unlock();
  await rm(state, { recursive: true, force: true });
};

const portInUse = (cause: NodeJS.ErrnoException & { readonly port?: number }): never => {
  if (cause.code !== 'EADDRINUSE') throw cause;
  throw new Error(`port ${cause.port} is in use; give another with --port, or none for a free one`, {
    cause,
  });
};

/** Milliseconds in which a second signal is the echo of the first: a terminal tells the whole group, and so may the parent. */
const echo = 1_000;

/** Resolves once a signal came and the cloud is stopped; whoever asks again after a second is not kept waiting. */
export const stopOnSignal = (cloud: Cloud): Promise<'stopped'> =>
  new Promise((resolve, reject) => {
    let asked: number | undefined;
    const stop = (): void => {
      if (asked !== undefined && Date.now() - asked > echo) process.exit(interrupted);
      if (asked !== undefined) return;
      asked = Date.now();
      console.error('\nStopping; whatever is not done yet is done after the next start.');
      cloud.stop().then(() => resolve('stopped'), reject);
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });

/** The exit code of a command that was interrupted, as shells have it. */
export const interrupted = 130;
