import { parquetWriteBuffer, type SchemaElement } from 'hyparquet-writer';
import type { Kind } from './cells.ts';
import type { Cell, Column, Table } from './tables.ts';

/** A table as a Parquet file: columns with a path in structs, the items in a list of structs. */
export const parquetFile = (table: Table): Buffer => {
  const { columns, items, tags, rows } = table;
  const at = Array.from({ length: rows }, (_, row) => row);
  const tops = groupsOf(columns);
  const columnData = [...tops].map(([name, own]) => ({ name, data: at.map((row) => memberOf(own, row, 0)) }));
  const schema = [...tops].flatMap(([name, own]) => elementsOf(name, own));
  if (items) {
    const inner = groupsOf(items.columns);
    const object = (row: number, item: number) =>
      Object.fromEntries([...inner].map(([name, own]) => [name, memberOf(own, row, item)]));
    const data = at.map((row) =>
      Array.from({ length: items.counts[row] ?? 0 }, (_, item) => object(row, item)),
    );
    columnData.push({ name: items.name, data });
    const element: SchemaElement = { name: 'element', repetition_type: 'OPTIONAL', num_children: inner.size };
    schema.push(
      ...listOf(items.name, [element, ...[...inner].flatMap(([name, own]) => elementsOf(name, own))]),
    );
  }
  if (tags) {
    const { column, name } = tags;
    columnData.push({
      name,
      data: at.map((row) => (column.cells[row] ?? []).map((cell) => stored(column.kind, column, cell))),
    });
    schema.push(...listOf(name, [leafElement('element', column)]));
  }
  const root: SchemaElement = { name: 'root', num_children: columnData.length };
  return Buffer.from(parquetWriteBuffer({ columnData, schema: [root, ...schema], rowGroupSize: 25 }));
};

/** Columns by their first key, without it; those with points in their names have one key. */
type Part = { readonly column: Column; readonly rest: readonly string[] };

const groupsOf = (columns: readonly Column[]) =>
  partsOf(columns.map((column) => ({ column, rest: column.isFlat ? [column.keys.join('.')] : column.keys })));

const partsOf = (parts: readonly Part[]): Map<string, Part[]> => {
  const groups = new Map<string, Part[]>();
  for (const {
    column,
    rest: [first = '', ...rest],
  } of parts)
    groups.set(first, [...(groups.get(first) ?? []), { column, rest }]);
  return groups;
};

const memberOf = (parts: readonly Part[], row: number, item: number): unknown => {
  const [first] = parts;
  if (first?.rest.length === 0)
    return stored(first.column.kind, first.column, first.column.cells[row]?.[item] ?? null);
  return Object.fromEntries([...partsOf(parts)].map(([name, own]) => [name, memberOf(own, row, item)]));
};

const elementsOf = (name: string, parts: readonly Part[]): SchemaElement[] => {
  const [first] = parts;
  if (first?.rest.length === 0) return [leafElement(name, first.column)];
  const inner = partsOf(parts);
  return [
    { name, repetition_type: 'OPTIONAL', num_children: inner.size },
    ...[...inner].flatMap(([key, own]) => elementsOf(key, own)),
  ];
};

const listOf = (name: string, element: readonly SchemaElement[]): SchemaElement[] => [
  { name, repetition_type: 'OPTIONAL', num_children: 1, converted_type: 'LIST' },
  { name: 'list', repetition_type: 'REPEATED', num_children: 1 },
  ...element,
];

const leafElement = (name: string, column: Column): SchemaElement => ({
  name,
  repetition_type: 'OPTIONAL',
  ...typeOf(column.kind, column),
});

/** Digits behind the point, and whether a float is a single one. */
const scaleOf = ({ cells }: Column): number =>
  Math.max(0, ...cells.flat().map((cell) => cell?.split('.')[1]?.length ?? 0));
const isSingle = ({ cells }: Column): boolean =>
  cells
    .flat()
    .every((cell) => cell === null || String(Number(Math.fround(Number(cell)).toPrecision(9))) === cell);

const typeOf = (kind: Kind, column: Column): Pick<SchemaElement, 'type'> & Partial<SchemaElement> => {
  switch (kind) {
    case 'int':
    case 'flag':
      return { type: 'INT32' };
    case 'long':
      return { type: 'INT64' };
    case 'decimal':
      return {
        type: 'FIXED_LEN_BYTE_ARRAY',
        type_length: 16,
        converted_type: 'DECIMAL',
        precision: 38,
        scale: scaleOf(column),
      };
    case 'float':
      return { type: isSingle(column) ? 'FLOAT' : 'DOUBLE' };
    case 'bool':
      return { type: 'BOOLEAN' };
    case 'date':
      return { type: 'INT32', converted_type: 'DATE' };
    case 'timestamp':
      return { type: 'INT64', converted_type: 'TIMESTAMP_MICROS' };
    case 'uuid':
      return { type: 'FIXED_LEN_BYTE_ARRAY', type_length: 16, logical_type: { type: 'UUID' } };
    default:
      return { type: 'BYTE_ARRAY', converted_type: 'UTF8' };
  }
};

const stored = (kind: Kind, column: Column, cell: Cell): unknown => {
  if (cell === null) return null;
  switch (kind) {
    case 'int':
    case 'flag':
    case 'float':
      return Number(cell);
    case 'long':
      return BigInt(cell);
    case 'decimal':
      return BigInt(cell.replace('.', '') + '0'.repeat(scaleOf(column) - (cell.split('.')[1]?.length ?? 0)));
    case 'bool':
      return cell === 'true';
    case 'date':
      return Date.parse(`${cell}T00:00:00Z`) / 86_400_000;
    case 'timestamp':
      return microseconds(cell);
    default:
      return cell;
  }
};

const microseconds = (text: string): bigint => {
  const [, whole = '', fraction = ''] = /^(.{19})\.?(.*)$/.exec(text) ?? [];
  return BigInt(Date.parse(`${whole.replace(' ', 'T')}Z`)) * 1000n + BigInt(fraction.padEnd(6, '0'));
};
