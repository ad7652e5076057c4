import { rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import {
  type Cloud,
  type Engine,
  engineOfState,
  findEngine,
  startCloud,
  usualEngine,
} from '../../local/cloud/index.ts';
import { setWarehouseAside } from '../../local/engines/index.ts';
import { expectState, lockState } from '../../local/state/index.ts';
import { interrupted } from '../exit-codes.ts';
import { type CloudFlags, projectRoot } from '../options.ts';
import { notice } from '../output/answer.ts';
import { nextCommand } from '../output/next-command.ts';
import { noShop, startShop } from './shop.ts';

/** A cloud of this process. */
export type OpenCloud = Cloud & {
  /** Resolves when all its sources answer: the database starts in the background. */
  readonly sourcesReady: Promise<void>;
};

/** Starts the laptop cloud with these flags, `withSources` those of the shop too, and points this process's own clients at it. */
export const openCloud = async (flags: CloudFlags, { withSources = false } = {}): Promise<OpenCloud> => {
  const { state, fresh, port, chaos, sweepEvery, param: params = {} } = flags;
  const engine = engineFor(flags);
  if (fresh) await empty(resolve(state));
  else if (flags.freshWarehouse) await emptyWarehouse(resolve(state));
  if (engine === 'spark') notice('Starting Spark …');
  const options = { ...(port === undefined ? {} : { port }), ...(chaos === undefined ? {} : { chaos }) };
  const shop = withSources ? await startShop() : undefined;
  const { variables, secrets } = shop ?? noShop;
  const shared = { root: projectRoot, state, engine, sweepEvery, params, variables, secrets };
  const cloud = await startCloud({ ...shared, ...options, warn: notice }).catch(async (cause) => {
    await shop?.stop();
    return portInUse(cause);
  });
  pointClientsAt(cloud.environment);
  const stop = async (): Promise<void> => {
    await cloud.stop();
    await shop?.stop();
  };
  return { ...cloud, stop, sourcesReady: shop?.ready ?? Promise.resolve() };
};

/** Makes clients of this process use that environment from now on. */
export const pointClientsAt = (environment: Cloud['environment']): void => {
  Object.assign(process.env, environment, { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true' });
};

/** Checks whether the cloud can run before anything is deleted. */
const engineFor = ({ state, fresh, engine }: CloudFlags): Engine =>
  findEngine(fresh ? (engine ?? usualEngine) : engineOfState(state, engine)).name;

/** A state that is in use is kept: the lock says by whom. A folder that is not a state is never deleted. */
const empty = async (state: string): Promise<void> => {
  expectState(state);
  const unlock = await lockState(state);
  unlock();
  await rm(state, { recursive: true, force: true });
};

/** Silver and gold can be computed again, from the archive. */
const emptyWarehouse = async (state: string): Promise<void> => {
  expectState(state);
  const unlock = await lockState(state);
  const aside = setWarehouseAside(state);
  unlock();
  notice(
    `The warehouse is empty now; the old one is in ${aside}. Compute its tables again when the cloud is up: ${nextCommand('retry', '--mart', 'MART', '--tables')} for each mart, then ${nextCommand('reprocess', 'DATASET', '--all')} for each dataset.`,
  );
};

const portInUse = (cause: NodeJS.ErrnoException & { readonly port?: number }): never => {
  if (cause.code !== 'EADDRINUSE') throw cause;
  throw new Error(
    `port ${cause.port} is in use; give another with --port, or leave --port out to get a free one`,
    {
      cause,
    },
  );
};

/** Milliseconds in which a second signal counts as the first: a terminal and the parent may both send one. */
const echo = 1_000;

/**
 * From now on a signal stops the cloud in order. Resolves when the cloud has stopped after a signal; another signal after a
 * second ends the process at once.
 */
export const stopOnSignal = (cloud: Pick<Cloud, 'stop'>): Promise<'stopped'> =>
  new Promise((resolve, reject) => {
    let asked: number | undefined;
    const stop = (): void => {
      if (asked !== undefined && performance.now() - asked > echo) process.exit(interrupted);
      if (asked !== undefined) return;
      asked = performance.now();
      console.error('\nStopping; unfinished work continues after the next start.');
      cloud.stop().then(() => resolve('stopped'), reject);
    };
    for (const signal of ['SIGINT', 'SIGTERM']) process.removeAllListeners(signal).on(signal, stop);
  });
