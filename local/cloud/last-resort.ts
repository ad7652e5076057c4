import { AsyncLocalStorage } from 'node:async_hooks';

/** Fails the request for which something is being done. */
type Fail = (cause: unknown) => void;

const requests = new AsyncLocalStorage<Fail>();

/** Does work for a request; an error that nobody catches, in whatever it leads to, is told to `fail`. */
export const onBehalfOf = <Answer>(fail: Fail, work: () => Answer): Answer => requests.run(fail, work);

/**
 * Keeps the process up when one part of it throws what nobody catches: that is logged, and the request that it was done for, if any, is
 * failed. Answers with what ends it.
 */
export const surviveErrors = (log: (line: string) => void): (() => void) => {
  const survive = (cause: unknown): void => {
    log(`An error that nobody caught: ${cause instanceof Error ? cause.stack : String(cause)}`);
    requests.getStore()?.(cause);
  };
  process.on('uncaughtException', survive).on('unhandledRejection', survive);
  return () => process.off('uncaughtException', survive).off('unhandledRejection', survive);
};
