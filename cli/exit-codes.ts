/** Exit codes beyond 0 and 1. */

/** A file could not be validated. */
export const notValidated = 2;

/** The command was interrupted, as shells have it. */
export const interrupted = 130;
