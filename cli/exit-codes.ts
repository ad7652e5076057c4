/** Exit codes beyond 0 and 1. */

/** A file could not be validated. */
export const notValidated = 2;

/** The command was interrupted; the number that shells use. */
export const interrupted = 130;
