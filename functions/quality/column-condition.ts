import { type Dialect, fullMatch, shifted, textLiteral } from './dialect.ts';
import { compileComparison } from './figure-condition.ts';
import { RulesetError } from './ruleset-error.ts';
import type { Scope } from './scope.ts';
import { valuesOf } from './signature.ts';
import type { Condition, Value } from './syntax.ts';
import { type Column, isNumeric } from './table.ts';

const WHITESPACE = '[\\t\\n\\x0B\\f\\r ]+';

/** Whether a row's value meets a condition; NULL does so only for `!=` and `not in` (and if the condition names NULL). */
export const compileColumnCondition = (
  column: Column,
  condition: Condition,
  { dialect, checkPattern }: Pick<Scope, 'dialect' | 'checkPattern'>,
): string => {
  if (condition.kind === 'matches') {
    requireText(column, condition);
    checkPattern(condition.pattern, condition.at);
    return compileMatch(column, condition, dialect);
  }
  const literal = (value: Value) => literalFor(column, value, dialect);
  if (condition.kind === 'in' || isEquality(condition)) return compileMembership(column, condition, dialect);
  return `${column.sql} is not null and ${compileComparison(column.sql, condition, literal)}`;
};

const isEquality = (condition: Condition): boolean =>
  condition.kind === 'compare' && (condition.operator === '=' || condition.operator === '!=');

const compileMembership = (column: Column, condition: Condition, dialect: Dialect): string => {
  const negated =
    condition.kind === 'in' ? condition.negated : condition.kind === 'compare' && condition.operator === '!=';
  const values = valuesOf(condition);
  const asksForNull = values.some(isNull);
  const among = values.filter((value) => !isNull(value)).map((value) => isOne(column, value, dialect));
  const listed = among.length > 0 ? `(${among.join(' or ')})` : 'false';
  const { sql } = column;
  if (negated)
    return asksForNull ? `${sql} is not null and not ${listed}` : `(${sql} is null or not ${listed})`;
  return asksForNull ? `(${sql} is null or ${listed})` : `${sql} is not null and ${listed}`;
};

const isNull = (value: Value): boolean => value.kind === 'keyword' && value.keyword === 'NULL';

const isOne = (column: Column, value: Value, dialect: Dialect): string => {
  if (value.kind !== 'keyword') return `${column.sql} = ${literalFor(column, value, dialect)}`;
  if (column.family !== 'text')
    throw new RulesetError(`${value.keyword} applies to texts, but "${column.name}" holds none`, value.at);
  return value.keyword === 'EMPTY' ? `${column.sql} = ''` : fullMatch(column.sql, WHITESPACE, dialect);
};

type Match = Extract<Condition, { kind: 'matches' }>;

const requireText = (column: Column, { at }: Match): void => {
  if (!['text', 'integer', 'boolean', 'date'].includes(column.family))
    throw new RulesetError(
      `"${column.name}" has no text that is the same on every engine: matches does not fit`,
      at,
    );
};

const compileMatch = (column: Column, { pattern, negated }: Match, dialect: Dialect): string => {
  const subject = column.family === 'text' ? column.sql : `cast(${column.sql} as string)`;
  return `${column.sql} is not null and ${negated ? 'not ' : ''}(${fullMatch(subject, pattern, dialect)})`;
};

const literalFor = (column: Column, value: Value, dialect: Dialect): string => {
  const literal = isNumeric(column) ? numberFor(column, value) : otherFor(column, value, dialect);
  if (literal !== undefined) return literal;
  throw new RulesetError(
    `"${column.name}" holds ${column.family} values: expected ${WANTED[column.family]}`,
    value.at,
  );
};

const WANTED: Readonly<Record<Column['family'], string>> = {
  text: 'a quoted text',
  integer: 'a number',
  decimal: 'a number',
  float: 'a number',
  boolean: '"true" or "false"',
  date: 'a date as "2024-01-31" or now()',
  timestamp: 'a date as "2024-01-31" or now()',
  other: 'no comparison at all',
};

const numberFor = ({ family }: Column, value: Value): string | undefined => {
  if (value.kind !== 'number') return undefined;
  return family === 'float' ? `cast(${value.digits} as double)` : value.digits;
};

const otherFor = ({ family }: Column, value: Value, dialect: Dialect): string | undefined => {
  if (family === 'text') return value.kind === 'text' ? textLiteral(value.text, dialect) : undefined;
  if (family === 'boolean') return value.kind === 'text' ? booleanOf(value.text) : undefined;
  if (family !== 'date' && family !== 'timestamp') return undefined;
  if (value.kind === 'now') return momentOf(value, family);
  if (value.kind !== 'text' || !isDate(value.text)) return undefined;
  return family === 'date' ? `date '${value.text}'` : `timestamp '${value.text} 00:00:00'`;
};

const booleanOf = (text: string): string | undefined =>
  ['true', 'false'].find((word) => word === text.toLowerCase());

/** now() is the file's landing time, so that validating a file again gives the same verdict. */
const momentOf = ({ shift }: Extract<Value, { kind: 'now' }>, family: 'date' | 'timestamp'): string => {
  const moment = shift ? shifted('"landed_at"', shift.sign, shift) : '"landed_at"';
  return family === 'date' ? `cast(${moment} as date)` : moment;
};

const isDate = (text: string): boolean => {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text)) return false;
  const time = Date.parse(`${text}T00:00:00Z`);
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};
