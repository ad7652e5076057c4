import type { InferredDataset } from '../../../cli/infer/dataset.ts';
import type { InferredColumn } from '../../../cli/infer/inferred.ts';
import { canonicalText } from '../../functions/validation/fields/reference.ts';
import type { Kind } from './cells.ts';
import { isHopeless } from './names.ts';
import type { Cell, Column, Table } from './tables.ts';

const zoned = { type: { kind: 'timestamptz' } } as const;

/** The value that a text stands for in a column of a type, written in one way; undefined for none. */
export const plainValue = ({ type }: InferredColumn, text: Cell): string | undefined => {
  const { numbers, isFlag } = type;
  const kind = numbers?.type ?? type.type;
  if (text === null || text === '' || text === numbers?.word) return undefined;
  if (isFlag) return text === '1' ? 'true' : text === '0' ? 'false' : text;
  if (kind === 'float') return String(Number(text));
  if (kind === 'int' || kind.startsWith('decimal')) return plainNumber(text);
  if (kind === 'bool') return text.toLowerCase();
  if (kind === 'timestamptz') return plainMoment(canonicalText(zoned, text));
  return kind === 'timestamp' ? plainMoment(text) : text;
};

/** Without zeros that say nothing, digit by digit. */
const plainNumber = (text: string): string => {
  const [whole = '', fraction = ''] = text.replace('-', '').split('.');
  const number = [whole.replace(/^0+(?=.)/, ''), fraction.replace(/0+$/, '')]
    .filter((part) => part !== '')
    .join('.');
  return text.startsWith('-') && number !== '0' ? `-${number}` : number;
};

const plainMoment = (text: string): string => {
  const moment = text.replace('T', ' ').replace(/Z$/, '');
  return moment.includes('.') ? moment.replace(/\.?0+$/, '') : moment;
};

/** Where a column stands in the file, as `infer` names it. */
export const pathOf = (
  { format, items }: Table,
  { keys }: Column,
  place: number,
  isItem: boolean,
): string => {
  if (format === 'csv') return keys[0] || `column ${place + 1}`;
  return `${isItem ? `${items?.name}[].` : ''}${keys.join('.')}`;
};

/** Columns of silver whose values are known, and these by row: one for each item, one without where there is none. */
export const expectedRows = (table: Table, { table: inferred }: InferredDataset) => {
  const find = (path: string) => inferred.columns.find(({ name }) => name === path);
  const sources = [
    ...table.columns.map((column, at) => ({
      column,
      isItem: false,
      found: find(pathOf(table, column, at, false)),
    })),
    ...(table.items?.columns ?? []).map((column, at) => ({
      column,
      isItem: true,
      found: find(pathOf(table, column, at, true)),
    })),
  ];
  const known = sources.flatMap(({ column, isItem, found }) =>
    found?.silver ? [{ column, isItem, found }] : [],
  );
  const isExploded = inferred.exploded !== undefined;
  const rows = Array.from({ length: table.rows }, (_, row) => {
    const items = isExploded ? Math.max(1, table.items?.counts[row] ?? 0) : 1;
    return Array.from({ length: items }, (_, item) =>
      known.map(({ column, isItem, found }) =>
        plainValue(found, column.cells[row]?.[isItem ? item : 0] ?? null),
      ),
    );
  }).flat();
  return { columns: known.map(({ found }) => found), rows };
};

/** Columns that were neither learned nor said to be left out. */
export const forgotten = (table: Table, { table: inferred }: InferredDataset): string[] => {
  const known = new Set([
    ...inferred.columns.map(({ name }) => name),
    ...inferred.beyond.map(({ name }) => name),
  ]);
  return table.columns.flatMap((column, at) => {
    const path = pathOf(table, column, at, false);
    const isThere = !table.isSparse || column.cells.flat().some((cell) => cell !== null);
    return known.has(path) || !isThere || isHopeless(table.format, column.keys) ? [] : [path];
  });
};

/** Types that lose nothing of values of a kind; of others every type will do that takes them. */
const exactTypes: Partial<Record<Kind, RegExp>> = {
  int: /^(int|decimal.*|string)$/,
  long: /^(int|decimal.*|string)$/,
  bool: /^bool$/,
  date: /^date$/,
  timestamp: /^timestamp$/,
  zoned: /^(timestamptz|timestamp)$/,
};

/** A float does where it keeps all digits, or where no decimal has as many. */
const exactDecimal = ({ cells }: Column, { format }: Table): RegExp => {
  const numbers = cells.flat().map((cell) => plainNumber(cell ?? '0'));
  const isKept = numbers.every((number) => plainNumber(String(Number(number))) === number);
  const isLong = numbers.some((number) => number.replace(/[-.]/g, '').length > 36);
  return (isKept || isLong) && format !== 'parquet' ? /./ : /^(decimal.*|string)$/;
};

/** Columns whose type is not that of their values. */
export const mistyped = (table: Table, { table: inferred }: InferredDataset): string[] =>
  table.columns.flatMap((column, at) => {
    const path = pathOf(table, column, at, false);
    const found = inferred.columns.find(({ name }) => name === path);
    const isEmpty = column.cells.flat().every((cell) => cell === null);
    const exact = column.kind === 'decimal' ? exactDecimal(column, table) : exactTypes[column.kind];
    // Parquet says of a text that it is one.
    if (column.kind === 'zoned' && table.format === 'parquet') return [];
    if (!found || isEmpty || !exact || exact.test(found.type.type)) return [];
    return [`${path}: ${column.kind} as ${found.type.type}`];
  });
