import { AsyncLocalStorage } from 'node:async_hooks';

/** Fails the request that the current work belongs to. */
type Fail = (cause: unknown) => void;

const requests = new AsyncLocalStorage<Fail>();

/** Does work for a request; an uncaught error in anything that it starts is passed to `fail`. */
export const onBehalfOf = <Answer>(fail: Fail, work: () => Answer): Answer => requests.run(fail, work);

/**
 * Keeps the process running after an uncaught error: logs the error, and fails the request that it belongs to, if any. Returns
 * a function that ends this.
 */
export const surviveErrors = (log: (line: string) => void): (() => void) => {
  const survive = (cause: unknown): void => {
    log(`An uncaught error: ${cause instanceof Error ? cause.stack : String(cause)}`);
    requests.getStore()?.(cause);
  };
  process.on('uncaughtException', survive).on('unhandledRejection', survive);
  return () => process.off('uncaughtException', survive).off('unhandledRejection', survive);
};
