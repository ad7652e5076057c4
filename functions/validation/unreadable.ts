/** Codes of the system's own errors, such as ENOSPC; Node's begin with ERR_. */
const systemCode = /^E[A-Z0-9]+$/;
const lackOfMemory = /allocation failed|out of memory/i;

/**
 * Does what reads bytes. An error that the bytes have brought about is told to `tell`, in words that follow `the file`; one that says
 * nothing about them, of a disk or of the memory, is thrown.
 */
export const readBytes = (work: () => void, tell: (says: string) => void): void => {
  try {
    work();
  } catch (cause) {
    tell(whyUnreadable(cause));
  }
};

/** Says why bytes cannot be read; throws what is no error of theirs. */
export const whyUnreadable = (cause: unknown): string => {
  if (!(cause instanceof Error) || isFailure(cause)) throw cause;
  return `cannot be read: ${cause.message}`;
};

const isFailure = (cause: Error): boolean =>
  ('code' in cause && systemCode.test(String(cause.code))) || lackOfMemory.test(cause.message);
