import { join } from 'node:path';
import type { DeployedFunction } from '../template/deployment.ts';
import type { Bundles } from './bundle.ts';
import { failureRecord } from './failure-record.ts';
import { type FunctionLog, openFunctionLog } from './function-log.ts';
import { Instance, type Outcome } from './instance.ts';
import { openInvocations } from './invocations.ts';
import { openPool, type Pool } from './pool.ts';

export type FunctionsOptions = {
  /** The state folder: logs go to `logs`, accepted invocations to `functions`. */
  readonly state: string;
  readonly functions: readonly DeployedFunction[];
  readonly bundles: Bundles;
  /** What every function sees besides its own environment: endpoint, region, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Puts a message on a queue. */
  readonly send: (queue: string, body: string) => Promise<void>;
  /** Milliseconds before the first retry of an asynchronous invocation; 1,000 unless told. */
  readonly retryDelay?: number;
  /** Workers a function may have at once; 4 unless told. */
  readonly concurrency?: number;
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
  /** Runs a function and waits for how it ends. */
  invoke(functionName: string, event: unknown): Promise<Outcome>;
  /** Accepts an invocation durably; it is retried, and `done` resolves when it succeeded or went to the queue for failures. */
  invokeAsync(
    functionName: string,
    event: unknown,
  ): { readonly requestId: string; readonly done: Promise<void> };
  /** Begins to run what was accepted, and loads every function. */
  start(): void;
  /** Has every invocation that begins from now on run the bundles as they are now; what runs goes on with the old ones. */
  renew(): void;
  /** Lets what runs finish for at most `grace` milliseconds and ends all workers; what is accepted from now on is run after the next start. */
  drain(grace?: number): Promise<void>;
  /** Accepts nothing more; to be called after `drain`. */
  close(): void;
};

type Running = { readonly settings: DeployedFunction; readonly pool: Pool; readonly log: FunctionLog };

/** Milliseconds after which a worker that has nothing to do is ended: each holds some 30 MB. */
const IDLE_FOR = 15_000;

/** Opens Lambda on this machine: every function in workers of its own, with nothing but its own environment. */
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
    // One step wakes the next: workers load while the first one is at it.
    if (pool.isCold) warm();
    return pool.invoke(payload, requestId);
  };
  const invocations = openInvocations({
    path: join(options.state, 'functions', 'invocations.jsonl'),
    run: ({ functionName, payload }, requestId) => run(functionName, payload, requestId),
    retriesOf: (functionName) => find(functionName).settings.maximumRetryAttempts,
    giveUp: async ({ functionName, payload }, outcome, tries) => {
      const { onFailure, arn } = find(functionName).settings;
      if (onFailure)
        await options.send(onFailure, JSON.stringify(failureRecord(arn, payload, outcome, tries)));
    },
    retryDelay: options.retryDelay ?? 1_000,
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

const environmentOf = (
  options: FunctionsOptions,
  { environment, name, memory, handler, entry }: DeployedFunction,
) => ({
  ...options.environment,
  ...environment,
  AWS_LAMBDA_FUNCTION_NAME: name,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memory),
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${name}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  _HANDLER: `${entry.replace(/\.\w+$/, '')}.${handler}`,
});
