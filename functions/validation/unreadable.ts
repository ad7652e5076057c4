/** Codes of the system's own errors, such as ENOSPC; Node's begin with ERR_. */
const systemCode = /^E[A-Z0-9]+$/;
const lackOfMemory = /allocation failed|out of memory/i;

/**
 * Reads bytes. An error caused by the bytes is passed to `tell`, in words that follow `the file`; other errors, of a disk or of
 * the memory, are thrown.
 */
export const readBytes = (work: () => void, tell: (says: string) => void): void => {
  try {
    work();
  } catch (cause) {
    tell(whyUnreadable(cause));
  }
};

/** Says why bytes cannot be read; throws errors that they did not cause. */
export const whyUnreadable = (cause: unknown): string => {
  if (!(cause instanceof Error) || isFailure(cause)) throw cause;
  return `cannot be read: ${cause.message}`;
};

const isFailure = (cause: Error): boolean =>
  ('code' in cause && systemCode.test(String(cause.code))) || lackOfMemory.test(cause.message);
