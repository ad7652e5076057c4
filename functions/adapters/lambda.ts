import { Logger } from '@aws-lambda-powertools/logger';
import middy from '@middy/core';
import * as z from 'zod';
import { type Clock, correlationOf, type Log, parseFileId, type Timer } from '../pipeline/index.ts';
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

const Subject = z.object({
  id: z.string().optional(),
  command: z.string().optional(),
  kind: z.string().optional(),
  detail: z
    .object({
      correlation_id: z.string().optional(),
      batch: z.string().optional(),
      rebuild: z.string().optional(),
      file: z.string().optional(),
      jobRunId: z.string().optional(),
      statementName: z.string().optional(),
      object: z.object({ 'version-id': z.string().optional() }).optional(),
    })
    .optional(),
});

/**
 * What an event or a command is about: the file version with which the work began, else a batch, a rebuild, a run or a statement
 * until the function follows what the ledger says of it.
 */
const subjectOf = (input: unknown): string | undefined => {
  const { id, command, kind, detail = {} } = Subject.safeParse(input).data ?? {};
  if (command !== undefined) return kind === 'file' && id !== undefined ? correlationOf(parseFileId(id)) : id;
  const { correlation_id, batch, rebuild, file, jobRunId, statementName, object } = detail;
  const version = object?.['version-id'];
  if (correlation_id !== undefined) return correlation_id;
  if (version !== undefined) return correlationOf({ version });
  if (file !== undefined) return correlationOf(parseFileId(file));
  return batch ?? rebuild ?? jobRunId ?? statementName;
};

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
    follow: (correlationId, all = []) => {
      logger.setCorrelationId(correlationId);
      logger.removeKeys(['correlation_ids']);
      if (all.length > 1) logger.appendKeys({ correlation_ids: [...all] });
    },
    info: (message, facts = {}) => logger.info(message, { ...facts }),
    error: (message, facts = {}) => logger.error(message, { ...facts }),
  };
  let run: ReturnType<typeof useCase> | undefined;
  return middy<unknown, R>(async (input: unknown, context: Invocation) => {
    log.follow(subjectOf(input) ?? context.awsRequestId);
    run ??= useCase(wire({ env, clock, log }));
    return run(event.parse(input), context.awsRequestId, () => context.getRemainingTimeInMillis());
  }).onError(({ error }) =>
    logger.error('the step failed', { error: error instanceof Error ? error : String(error) }),
  );
};
