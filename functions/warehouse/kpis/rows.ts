import { parseExactly } from '../../values/index.ts';
import type { KpiRow } from './items.ts';
import type { LeftOut } from './left-out.ts';

/**
 * Reads the JSON lines that a warehouse unloads; Redshift and DuckDB write the same except for zeros at the end of decimals.
 */

/** The rows of a model, and lines in its files that are not rows. */
export type UnloadedRows = { readonly rows: readonly KpiRow[]; readonly leftOut: readonly LeftOut[] };

/** The rows in the texts of a model's files; numbers keep all digits. */
export const readUnloaded = (model: string, texts: readonly string[]): UnloadedRows => {
  const rows: KpiRow[] = [];
  const leftOut: LeftOut[] = [];
  for (const line of texts.flatMap((text) => text.split('\n'))) {
    const row = line.trim() === '' ? undefined : rowIn(line);
    if (row) rows.push(row);
    else if (row === null)
      leftOut.push({ model, pk: '', sk: '', reason: `a line is no row: ${start(line)}`, place: '' });
  }
  return { rows, leftOut };
};

/** The row of a line; null if it is not a row. */
const rowIn = (line: string): KpiRow | null => {
  try {
    const row = parseExactly(line);
    return typeof row === 'object' && !Array.isArray(row) ? (row as KpiRow | null) : null;
  } catch {
    return null;
  }
};

const start = (line: string): string => (line.length > 100 ? `${line.slice(0, 100)}…` : line);
