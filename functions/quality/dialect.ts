import { literal } from '../values/index.ts';

/** The engine whose spelling is wanted; all but text literals and regular expressions is one text for both. */
export type Dialect = 'duckdb' | 'spark';

/** A text literal; Spark reads a backslash as an escape and does not support doubled quotes. */
export const textLiteral = (text: string, dialect: Dialect): string =>
  dialect === 'spark' ? `'${text.replace(/['\\]/g, '\\$&')}'` : literal(text);

/**
 * Whether a whole text matches a pattern in RE2 syntax. Java's `$` would ignore a last line break, and its dot stops at other
 * line ends than RE2's, unless `(?d)` is set.
 */
export const fullMatch = (subject: string, pattern: string, dialect: Dialect): string =>
  dialect === 'spark'
    ? `${subject} rlike ${textLiteral(`(?d)\\A(?:${pattern})\\z`, dialect)}`
    : `regexp_full_match(${subject}, ${textLiteral(pattern, dialect)})`;

/** Whether a text holds what a pattern in RE2 syntax matches. */
export const findsPattern = (subject: string, pattern: string, dialect: Dialect): string =>
  dialect === 'spark'
    ? `${subject} rlike ${textLiteral(`(?d)(?:${pattern})`, dialect)}`
    : `regexp_matches(${subject}, ${textLiteral(pattern, dialect)})`;

/** A timestamp moved by an interval; Spark and DuckDB read the same interval literal. */
export const shifted = (timestamp: string, sign: '+' | '-', span: { amount: number; unit: string }): string =>
  `(${timestamp} ${sign} interval '${span.amount}' ${span.unit.slice(0, -1)})`;

/**
 * A metric as text, at most nine decimals without zeros at the end; NULL if it is not a number that fits. DuckDB makes a
 * decimal of a double with digits that the double does not have, so the double is first cast to text.
 */
export const figure = (expression: string): string =>
  `trim(trailing '.' from trim(trailing '0' from cast(try_cast(cast(${expression} as string) as decimal(38, 9)) as string)))`;
