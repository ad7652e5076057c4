import { type Dialect, fullMatch } from './dialect.ts';
import { RulesetError } from './ruleset-error.ts';
import { valuesOf } from './signature.ts';
import type { Condition, Value } from './syntax.ts';
import type { Column, Family } from './table.ts';

/** The form of a text that reads as a type, the type it must then cast to, and the columns that hold nothing else. */
type Readable = { readonly pattern: string; readonly cast?: string; readonly families: readonly Family[] };

const WHOLE = '[+-]?[0-9]+';
const NUMBER = '[+-]?([0-9]+(\\.[0-9]*)?|\\.[0-9]+)([eE][+-]?[0-9]+)?';
const DATE = '[0-9]{4}-[0-9]{2}-[0-9]{2}';
const NUMBERS: readonly Family[] = ['integer', 'decimal', 'float'];

const READABLE: Readonly<Record<string, Readable>> = {
  Boolean: { pattern: '(?i:true|false)', families: ['boolean'] },
  Date: { pattern: DATE, cast: 'date', families: ['date'] },
  Timestamp: {
    pattern: `${DATE}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}(\\.[0-9]{1,6})?`,
    cast: 'timestamp',
    families: ['date', 'timestamp'],
  },
  Integer: { pattern: WHOLE, cast: 'int', families: [] },
  Long: { pattern: WHOLE, cast: 'bigint', families: ['integer'] },
  Float: { pattern: NUMBER, cast: 'double', families: NUMBERS },
  Double: { pattern: NUMBER, cast: 'double', families: NUMBERS },
};

/** Whether a row's value reads as (one of) the types; NULL does not, so it passes `!=` and `not in`. */
export const compileDataType = (column: Column, condition: Condition, dialect: Dialect): string => {
  const negated =
    condition.kind === 'in' ? condition.negated : condition.kind === 'compare' && condition.operator === '!=';
  const reads = valuesOf(condition).map((value) => readsAs(column, value, dialect));
  const any = `coalesce(${column.sql} is not null and (${reads.join(' or ')}), false)`;
  return negated ? `not ${any}` : any;
};

const readsAs = (column: Column, value: Value, dialect: Dialect): string => {
  const { pattern, cast, families } = readableOf(value);
  if (families.includes(column.family)) return 'true';
  if (column.family === 'integer' && cast)
    return cast === 'int' ? `try_cast(${column.sql} as int) is not null` : 'false';
  if (column.family !== 'text') return 'false';
  const looks = fullMatch(column.sql, pattern, dialect);
  return cast ? `(${looks} and try_cast(${column.sql} as ${cast}) is not null)` : looks;
};

const readableOf = (value: Value): Readable => {
  const name = value.kind === 'text' ? value.text : '';
  const readable = Object.hasOwn(READABLE, name) ? READABLE[name] : undefined;
  if (readable) return readable;
  throw new RulesetError(
    `unknown data type "${name}"; known are ${Object.keys(READABLE).join(', ')}`,
    value.at,
  );
};
