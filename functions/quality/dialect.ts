import { literal } from '../values/index.ts';

/** The engine whose spelling is wanted; all but text literals and regular expressions is one text for both. */
export type Dialect = 'duckdb' | 'spark';

/** A text literal; Spark reads a backslash as an escape and knows no doubled quote. */
export const textLiteral = (text: string, dialect: Dialect): string =>
  dialect === 'spark' ? `'${text.replace(/['\\]/g, '\\$&')}'` : literal(text);

/**
 * Whether the whole of a text matches a pattern of RE2's syntax. Java's `$` would pass over a last line break, and its dot
 * stops at line ends that RE2 does not know, unless `(?d)` tells it.
 */
export const fullMatch = (subject: string, pattern: string, dialect: Dialect): string =>
  dialect === 'spark'
    ? `${subject} rlike ${textLiteral(`(?d)\\A(?:${pattern})\\z`, dialect)}`
    : `regexp_full_match(${subject}, ${textLiteral(pattern, dialect)})`;

/** A timestamp moved by a span; Spark and DuckDB read the same interval literal. */
export const shifted = (timestamp: string, sign: '+' | '-', span: { amount: number; unit: string }): string =>
  `(${timestamp} ${sign} interval '${span.amount}' ${span.unit.slice(0, -1)})`;

/**
 * A figure as text, at most nine decimals and no zeros behind; NULL where it is no number that fits. DuckDB makes a decimal of a
 * double with digits that the double does not say, so that its text is between them.
 */
export const figure = (expression: string): string =>
  `trim(trailing '.' from trim(trailing '0' from cast(try_cast(cast(${expression} as string) as decimal(38, 9)) as string)))`;
