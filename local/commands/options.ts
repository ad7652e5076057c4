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
  const cloud = await startCloud({
    root: projectRoot,
    state,
    sweepEvery,
    ...(port === undefined ? {} : { port }),
    ...(chaos === undefined ? {} : { chaos }),
  });
  Object.assign(process.env, cloud.environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
  return cloud;
};

/** A state that is in use is left alone: the lock says by whom. */
const empty = async (state: string): Promise<void> => {
  const unlock = await lockState(state);
  unlock();
  await rm(state, { recursive: true, force: true });
};

/** Stops the cloud once, also when the terminal says so. */
export const stopOnSignal = (cloud: Cloud): Promise<void> =>
  new Promise((done) => {
    const stop = (): void => {
      process.off('SIGINT', stop).off('SIGTERM', stop);
      cloud.stop().then(done);
    };
    process.on('SIGINT', stop).on('SIGTERM', stop);
  });
