import { type Column, numberOf, parseExactly } from '../../values/index.ts';
import type { KpiRow } from './items.ts';
import type { LeftOut } from './left-out.ts';

/**
 * Reads the JSON lines that a warehouse unloads. Redshift writes booleans as `t` and `f`, NULL as `null` and zeros at the end
 * of decimals; days and times are texts.
 */

/** Reads a line of a model's file by the types of its columns: the row, or null if the line is no row. */
export type RowReader = (line: string) => KpiRow | null;

/** A reader for rows with these columns; values of other columns are taken as they are. */
export const rowReader = (columns: readonly Column[]): RowReader => {
  const readers = new Map(
    columns.flatMap(({ name, type }) => {
      if (/^bool/i.test(type)) return [[name, asBoolean] as const];
      return numeric.test(type) ? [[name, asNumber] as const] : [];
    }),
  );
  const isBoolean = [...readers.values()].includes(asBoolean);
  return (line) => {
    const row = parsed(line) ?? (isBoolean ? parsed(line.replace(tokens, quoted)) : null);
    if (row === null) return null;
    for (const [name, value] of Object.entries(row))
      if (value !== null && readers.has(name)) row[name] = readers.get(name)?.(value);
    return row;
  };
};

const numeric = /^(smallint|integer|int|bigint|decimal|numeric|real|double|float)/i;

const asBoolean = (value: unknown): unknown => {
  if (value === 't' || value === 'true') return true;
  return value === 'f' || value === 'false' ? false : value;
};

const asNumber = (value: unknown): unknown =>
  typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value) ? numberOf(value) : value;

/** Texts, or a `t` or `f` that is not quoted. */
const tokens = /"(?:[^"\\]|\\.)*"|\b[tf]\b/g;
const quoted = (token: string): string => (token.startsWith('"') ? token : `"${token}"`);

const parsed = (line: string): Record<string, unknown> | null => {
  try {
    const row = parseExactly(line);
    return typeof row === 'object' && !Array.isArray(row) ? (row as Record<string, unknown> | null) : null;
  } catch {
    return null;
  }
};

/** What is left out for a line that is no row. */
export const lineLeftOut = (model: string, line: string): LeftOut => ({
  model,
  pk: '',
  sk: '',
  reason: `a line is no row: ${start(line)}`,
  place: '',
});

const start = (line: string): string => (line.length > 100 ? `${line.slice(0, 100)}…` : line);
