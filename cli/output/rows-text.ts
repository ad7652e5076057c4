import type { Cell, Rows } from '../../functions/pipeline/index.ts';
import { numberOf } from '../../functions/values/index.ts';

/** Rows of a query, for tables and for JSON. */

const widest = 60;

/** A text without control characters, which would move the cursor and more. */
export const visible = (text: string): string =>
  text.replace(/\p{Cc}/gu, (one) => JSON.stringify(one).slice(1, -1));

/** A value on one line, sixty characters at most. */
export const cellText = (cell: Cell): string => {
  if (cell === null) return 'NULL';
  const text = visible(cell);
  return text.length > widest ? `${text.slice(0, widest - 1)}…` : text;
};

const isNumeric = (type: string): boolean => /^(int|float|numeric)/.test(type);

/** A table whose columns are as wide as their widest cell, sixty characters at most; numbers are aligned right. */
export const tableLines = ({ columns, rows }: Rows): string[] => {
  const cells = [columns.map(({ name }) => cellText(name)), ...rows.map((row) => row.map(cellText))];
  const widths = columns.map((_, at) =>
    cells.reduce((width, row) => Math.max(width, row[at]?.length ?? 0), 0),
  );
  const line = (row: readonly string[]): string =>
    row
      .map((cell, at) =>
        isNumeric(columns[at]?.type ?? '') ? cell.padStart(widths[at] ?? 0) : cell.padEnd(widths[at] ?? 0),
      )
      .join('  ')
      .trimEnd();
  const [head = [], ...body] = cells;
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...body.map(line)];
};

const quoted = (cell: Cell): string => {
  if (cell === null) return '';
  return cell === '' || /[",\r\n]/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
};

/** CSV with a header; lines end with LF as in other command-line tools. NULL is an empty field, an empty text a quoted one. */
export const csvOf = ({ columns, rows }: Rows): string =>
  [columns.map(({ name }) => name), ...rows].map((row) => `${row.map(quoted).join(',')}\n`).join('');

/** Columns with their types, and rows as objects; numbers keep all digits. */
export const documentOf = ({ columns, rows }: Rows): object => {
  const names = uniqueNames(columns.map(({ name }) => name));
  return {
    columns: columns.map(({ type }, at) => ({ name: names[at], type })),
    rows: rows.map((row) =>
      Object.fromEntries(row.map((cell, at) => [names[at] ?? '', typedCell(cell, columns[at]?.type ?? '')])),
    ),
  };
};

/** A duplicate name gets a number. */
const uniqueNames = (names: readonly string[]): string[] => {
  const seen = new Map<string, number>();
  return names.map((name) => {
    const times = (seen.get(name) ?? 0) + 1;
    seen.set(name, times);
    return times === 1 ? name : `${name}_${times}`;
  });
};

const typedCell = (cell: Cell, type: string): unknown => {
  if (cell === null) return null;
  if (type === 'bool') return cell === 'true';
  return isNumeric(type) && Number.isFinite(Number(cell)) ? numberOf(cell) : cell;
};
