import { AsyncLocalStorage } from 'node:async_hooks';

/** Fails the request that the current work belongs to. */
type Fail = (cause: unknown) => void;

const requests = new AsyncLocalStorage<Fail>();

/** Does work for a request; an uncaught error in anything that it starts is passed to `fail`. */
export const onBehalfOf = <Answer>(fail: Fail, work: () => Answer): Answer => requests.run(fail, work);

/** Does work that holds something; an error in anything that it starts calls `release`, and then fails the request as usual. */
export const holding = (release: () => void, work: () => void): void => {
  const outer = requests.getStore();
  const fail: Fail = (cause) => {
    release();
    outer?.(cause);
  };
  try {
    requests.run(fail, work);
  } catch (cause) {
    if (!outer) {
      release();
      throw cause;
    }
    fail(cause);
  }
};

/** What was written to a closed pipe, or to a file on a full disk, is lost; to say so there would fail again. */
const ignore = (): void => {};

/**
 * Keeps the process running after an uncaught error: tells it, and fails the request that it belongs to, if any. Output that
 * cannot be written is no error. Returns a function that ends this.
 */
export const surviveErrors = (tell: (cause: unknown) => void): (() => void) => {
  const survive = (cause: unknown): void => {
    try {
      tell(cause);
    } catch {
      // Node would end the process.
    }
    requests.getStore()?.(cause);
  };
  const streams = [process.stdout, process.stderr];
  for (const stream of streams) stream.on('error', ignore);
  process.on('uncaughtException', survive).on('unhandledRejection', survive);
  return () => {
    process.off('uncaughtException', survive).off('unhandledRejection', survive);
    for (const stream of streams) stream.off('error', ignore);
  };
};
