import { RE2JS, RE2JSException } from 're2js';
import { type Position, RulesetError } from './ruleset-error.ts';

/** Checks a pattern of a rule at its position; throws the RulesetError. */
export type PatternCheck = (pattern: string, at: Position) => void;

/** RE2 syntax takes linear time and means the same on every engine. */
export const checkPattern: PatternCheck = (pattern, at) => {
  try {
    RE2JS.compile(pattern);
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    throw new RulesetError(`the pattern does not compile: ${cause.message}`, at, { cause });
  }
};
