import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import type * as z from 'zod';
import type { Clock, Log, Timer } from '../pipeline/index.ts';
import { MissingVariable } from './errors.ts';

/** What wiring can use: environment variables and a logger. */
export type Surroundings = {
  /** A variable that the template sets; throws an error that names a missing one. */
  readonly env: (name: string) => string;
  readonly clock: Clock & Timer;
  readonly log: Log;
};

const env = (name: string): string => {
  const value = process.env[name];
  if (value === undefined || value === '') throw new MissingVariable(name);
  return value;
};

const clock: Clock & Timer = {
  now: () => new Date().toISOString(),
  wait: (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds)),
};

type Invocation = { readonly awsRequestId: string; getRemainingTimeInMillis(): number };

/**
 * Makes a Lambda handler: checks the event's shape, wires the ports at the first call, logs errors and throws them so that
 * Lambda retries. The use case also gets the id of the invocation, which all tries of it have in common, and a clock with the
 * milliseconds that are left until the function is stopped.
 */
export const lambda = <E, P, R>(
  event: z.ZodType<E>,
  useCase: (ports: P) => (event: E, invocation: string, left: () => number) => Promise<R>,
  wire: (surroundings: Surroundings) => P,
) => {
  const logger = new Logger({ serviceName: 'soundcheck' });
  const log: Log = {
    info: (message, facts = {}) => logger.info(message, { ...facts }),
    error: (message, facts = {}) => logger.error(message, { ...facts }),
  };
  let run: ReturnType<typeof useCase> | undefined;
  return middy<unknown, R>(async (input: unknown, context: Invocation) => {
    run ??= useCase(wire({ env, clock, log }));
    return run(event.parse(input), context.awsRequestId, () => context.getRemainingTimeInMillis());
  }).onError(({ error }) =>
    logger.error('the step failed', { error: error instanceof Error ? error : String(error) }),
  );
};
