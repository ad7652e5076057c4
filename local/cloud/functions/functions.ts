import { join } from 'node:path';
import { anyDisk, type Disk } from '../disk.ts';
import type { DeployedFunction } from '../template/deployment.ts';
import type { Bundles } from './bundle.ts';
import { failureRecord } from './failure-record.ts';
import { Instance, type Outcome } from './instance.ts';
import { openInvocations } from './invocations.ts';
import { type FunctionLog, openFunctionLog } from './log.ts';
import { openPool, type Pool } from './pool.ts';

export type FunctionsOptions = {
  /** The state folder: logs go to `logs`, accepted invocations to `functions`. */
  readonly state: string;
  readonly functions: readonly DeployedFunction[];
  readonly bundles: Bundles;
  /** Variables that every function gets besides its own: endpoint, region, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** The access key of a function's role; default: all functions have that of `environment`. */
  readonly keyOf?: (settings: DeployedFunction) => string;
  /** Puts a message on a queue on behalf of a function. */
  readonly send: (queue: string, body: string, settings: DeployedFunction) => Promise<void>;
  /** Milliseconds before the first retry of an asynchronous invocation; default: 1,000. */
  readonly retryDelay?: number;
  /** Workers that a function may have at the same time; default: 4. */
  readonly concurrency?: number;
  /** Default: a disk that is never full. */
  readonly disk?: Disk;
};

/** The function is not deployed. */
export class FunctionNotFound extends Error {
  override readonly name = 'FunctionNotFound';
  constructor(functionName: string) {
    super(`Function not found: ${functionName}`);
  }
}

/** The deployed functions; every call with an unknown name throws `FunctionNotFound`. */
export type Functions = {
  has(functionName: string): boolean;
  /** Runs a function and waits for the result. */
  invoke(functionName: string, event: unknown): Promise<Outcome>;
  /**
   * Accepts an invocation and writes it to disk; it is retried, and `done` resolves when it succeeded or was sent to the
   * failure queue.
   */
  invokeAsync(
    functionName: string,
    event: unknown,
  ): { readonly requestId: string; readonly done: Promise<void> };
  /** Starts to run accepted invocations, and loads all functions. */
  start(): void;
  /** Uses the current bundles for all later invocations; running ones finish with the old bundles. */
  renew(): void;
  /**
   * Waits at most `grace` milliseconds for running invocations and stops all workers; invocations accepted later run after the
   * next start.
   */
  drain(grace?: number): Promise<void>;
  /** Stops accepting; call it after `drain`. */
  close(): void;
};

type Running = { readonly settings: DeployedFunction; readonly pool: Pool; readonly log: FunctionLog };

/** Milliseconds after which an idle worker is stopped: each uses about 30 MB. */
const IDLE_FOR = 15_000;

/** Opens Lambda on this machine: each function runs in its own workers and sees only its own environment. */
export const openFunctions = (options: FunctionsOptions): Functions => {
  const running = new Map(options.functions.map((each) => [each.name, open(options, each)]));
  const find = (functionName: string): Running => {
    const found = running.get(functionName);
    if (!found) throw new FunctionNotFound(functionName);
    return found;
  };
  const warm = (): void => {
    for (const { pool } of running.values()) pool.warm();
  };
  const run = (functionName: string, payload: unknown, requestId?: string): Promise<Outcome> => {
    const { pool } = find(functionName);
    // One step wakes the next: their workers load while the first one runs.
    if (pool.isCold) warm();
    return pool.invoke(payload, requestId);
  };
  const invocations = openInvocations({
    path: join(options.state, 'functions', 'invocations.jsonl'),
    run: ({ functionName, payload }, requestId) => run(functionName, payload, requestId),
    retriesOf: (functionName) => find(functionName).settings.maximumRetryAttempts,
    giveUp: async ({ functionName, payload }, outcome, tries) => {
      const { settings } = find(functionName);
      const { onFailure, arn } = settings;
      const record = () => JSON.stringify(failureRecord(arn, payload, outcome, tries));
      if (onFailure) await options.send(onFailure, record(), settings);
    },
    retryDelay: options.retryDelay ?? 1_000,
    disk: options.disk ?? anyDisk,
  });
  return {
    has: (functionName) => running.has(functionName),
    invoke: async (functionName, event) => run(functionName, event),
    invokeAsync: (functionName, payload) =>
      invocations.add({ functionName: find(functionName).settings.name, payload }),
    start() {
      invocations.start();
      warm();
    },
    renew() {
      for (const { pool } of running.values()) pool.renew();
    },
    async drain(grace = 3_000) {
      invocations.stop();
      await Promise.all([...running.values()].map(({ pool }) => pool.close(grace)));
    },
    close() {
      invocations.close();
      for (const { log } of running.values()) log.close();
    },
  };
};

const open = (options: FunctionsOptions, settings: DeployedFunction): Running => {
  const log = openFunctionLog(join(options.state, 'logs'), settings.name);
  const bundle = options.bundles.functions.get(settings.key);
  if (bundle === undefined) throw new FunctionNotFound(settings.name);
  const start = () =>
    new Instance(
      {
        name: settings.name,
        arn: settings.arn,
        handler: settings.handler,
        bundle,
        worker: options.bundles.worker,
        environment: environmentOf(options, settings),
        timeout: settings.timeout * 1_000,
        memory: settings.memory,
      },
      log,
    );
  return { settings, log, pool: openPool({ start, limit: options.concurrency ?? 4, idleFor: IDLE_FOR }) };
};

const environmentOf = (options: FunctionsOptions, settings: DeployedFunction) => {
  const { environment, name, memory, handler, entry } = settings;
  return {
    ...options.environment,
    ...environment,
    ...(options.keyOf && { AWS_ACCESS_KEY_ID: options.keyOf(settings) }),
    AWS_LAMBDA_FUNCTION_NAME: name,
    AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: 'local',
    _HANDLER: `${entry.replace(/\.\w+$/, '')}.${handler}`,
  };
};
