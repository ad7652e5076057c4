import { gzipSync } from 'node:zlib';
import { parquetFile } from './parquet-file.ts';
import type { Cell, Column, Table } from './tables.ts';

/** A sample of a dataset, as it would be exported. */
export const sampleFile = (table: Table, name: string): { readonly name: string; readonly bytes: Buffer } => {
  if (table.format === 'parquet') return { name: `${name}.parquet`, bytes: parquetFile(table) };
  const bytes = Buffer.from(table.format === 'csv' ? csvText(table) : jsonText(table));
  return table.isGzip
    ? { name: `${name}.${table.format}.gz`, bytes: gzipSync(bytes) }
    : { name: `${name}.${table.format}`, bytes };
};

const csvText = ({ columns, rows, dialect }: Table): string => {
  const { delimiter, quote, isAllQuoted, lineEnd, hasMark } = dialect;
  const field = (text: string): string =>
    isAllQuoted || text !== text.trim() || [delimiter, '"', "'", '\n'].some((sign) => text.includes(sign))
      ? `${quote}${text.replaceAll(quote, quote + quote)}${quote}`
      : text;
  const line = (texts: readonly string[]): string => texts.map(field).join(delimiter) + lineEnd;
  const body = Array.from({ length: rows }, (_, row) =>
    line(columns.map(({ cells }) => cells[row]?.[0] ?? '')),
  );
  return `${hasMark ? '\uFEFF' : ''}${line(columns.map(({ keys: [name = ''] }) => name))}${body.join('')}`;
};

/** A value of JSON as it is written, or the members of an object. */
type Json = string | Map<string, Json>;

const jsonText = (table: Table): string => {
  const records = Array.from({ length: table.rows }, (_, row) => written(recordOf(table, row)));
  return table.format === 'json' ? `[${records.join(',\n')}]` : `${records.join('\n')}\n`;
};

const recordOf = (table: Table, row: number): Map<string, Json> => {
  const { columns, items, tags, isSparse } = table;
  const record = objectOf(columns, row, 0, isSparse);
  if (items) {
    const objects = Array.from({ length: items.counts[row] ?? 0 }, (_, item) =>
      written(objectOf(items.columns, row, item, isSparse)),
    );
    if (objects.length > 0 || !isSparse) record.set(items.name, `[${objects.join(',')}]`);
  }
  if (tags)
    record.set(
      tags.name,
      `[${(tags.column.cells[row] ?? []).map((cell) => leaf(tags.column, cell)).join(',')}]`,
    );
  return record;
};

const objectOf = (
  columns: readonly Column[],
  row: number,
  item: number,
  isSparse: boolean,
): Map<string, Json> => {
  const object = new Map<string, Json>();
  for (const column of columns) {
    const cell = column.cells[row]?.[item] ?? null;
    if (cell === null && isSparse) continue;
    put(object, column.isFlat ? [column.keys.join('.')] : column.keys, leaf(column, cell));
  }
  return object;
};

const put = (object: Map<string, Json>, [key = '', ...rest]: readonly string[], value: string): void => {
  if (rest.length === 0) {
    object.set(key, value);
    return;
  }
  const found = object.get(key);
  const inner = found instanceof Map ? found : new Map<string, Json>();
  object.set(key, inner);
  put(inner, rest, value);
};

const bare = new Set(['int', 'long', 'decimal', 'float', 'bool', 'flag']);

const leaf = ({ kind }: Column, cell: Cell): string => {
  if (cell === null) return 'null';
  return bare.has(kind) ? cell : JSON.stringify(cell);
};

const written = (value: Json): string =>
  typeof value === 'string'
    ? value
    : `{${[...value].map(([key, one]) => `${JSON.stringify(key)}: ${written(one)}`).join(', ')}}`;
