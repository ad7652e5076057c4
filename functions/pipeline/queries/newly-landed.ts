import { pulledKey } from '../lake-keys.ts';
import type { PullRecord } from '../records/pull.ts';

/** The file that the last attempt of a pull has landed; undefined if what it pulled was known or empty. */
export const newlyLanded = (pull: PullRecord): string | undefined =>
  pull.state === 'landed' && pull.content.key === pulledKey(pull, pull.attempt)
    ? pull.content.key
    : undefined;
