import { identifier, nearestName } from '../values/index.ts';
import { RulesetError } from './ruleset-error.ts';
import type { Quoted } from './syntax.ts';

/** A silver table for its rules; types are written as in `sql/silver/`. */
export type Table = {
  readonly dataset: string;
  readonly columns: readonly { readonly name: string; readonly type: string }[];
};

export type Family = 'text' | 'integer' | 'decimal' | 'float' | 'boolean' | 'date' | 'timestamp' | 'other';

/** A column of the table, ready to be written into SQL. */
export type Column = {
  readonly name: string;
  readonly sql: string;
  readonly family: Family;
  /** Digits after the point of a decimal. */
  readonly scale: number;
};

const FAMILIES: readonly (readonly [Family, RegExp])[] = [
  ['text', /^(varchar|char|character varying|text|string)\b/],
  ['integer', /^(tinyint|smallint|int|integer|bigint)$/],
  ['decimal', /^(decimal|numeric)\b/],
  ['float', /^(double( precision)?|float|real)$/],
  ['boolean', /^bool(ean)?$/],
  ['date', /^date$/],
  ['timestamp', /^timestamp\b/],
];

/** The family of values that a column type holds. */
const familyOf = (type: string): Family =>
  FAMILIES.find(([, pattern]) => pattern.test(type.trim().toLowerCase()))?.[0] ?? 'other';

/** The column that a rule names; throws if the table does not have it. */
export const columnOf = (table: Table, { text, at }: Quoted): Column => {
  const found = table.columns.find(({ name }) => name === text);
  if (!found) throw new RulesetError(missingColumn(table, text), at);
  const scale = Number(/,\s*(\d+)\s*\)/.exec(found.type)?.[1] ?? 0);
  return { name: found.name, sql: identifier(found.name), family: familyOf(found.type), scale };
};

/** The message for a column that a table does not have. */
export const missingColumn = ({ dataset, columns }: Table, name: string): string => {
  const names = columns.map((column) => column.name);
  const nearest = nearestName(name, names);
  const hint = nearest === undefined ? `it has ${names.join(', ')}` : `did you mean "${nearest}"?`;
  return `${dataset} has no column "${name}"; ${hint}`;
};

/** Whether a column holds numbers. */
export const isNumeric = ({ family }: Column): boolean =>
  family === 'integer' || family === 'decimal' || family === 'float';
