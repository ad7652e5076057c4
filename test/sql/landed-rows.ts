import type { Field } from '../../functions/validation/fields/field.ts';
import type { SilverTable } from '../../functions/values/table.ts';
import type { Relation, Row } from './engines/engine.ts';
import { meaningOf } from './meanings.ts';

/** Accepted texts of each type at its edges. */
const edges: Readonly<Record<Field['type']['kind'], readonly string[]>> = {
  int: ['9223372036854775807', '-9223372036854775808', '0', '-0', '55'],
  float: ['1.7976931348623157e308', '-5e-324', '-0', '1E5', '0.1', '0.30000000000000004', '9007199254740993'],
  bool: ['true', 'False', 'TRUE'],
  string: [
    '4dBa8T7oDV9WvGr7kVS4Ez',
    '  padded ',
    '👩‍👩‍👧 é e\u0301',
    'a;b\t\\d\n\'"',
    '\ufeff',
    '0012',
    'NULL',
    '\u0000',
  ],
  decimal: ['0', '-0.05', '12', '1.5'],
  date: ['0001-01-01', '9999-12-31', '1582-10-10', '1969-12-31', '2024-02-29'],
  timestamp: [
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59',
    '1582-10-10 12:00:00',
    '1969-12-31 23:59:59',
    '2016-03-13 02:30:00',
  ],
  timestamptz: ['2016-03-13T02:30:00+02:00', '1969-12-31 23:59:59.999999Z', '2024-02-29T23:30:00-0330'],
};

const lineageOf = (at: number): Row => ({
  landed_file: 'data/odd name é.csv',
  landed_version: String(at).padStart(6, '0'),
  landed_at: '2024-07-01 00:00:00.123456',
  batch_id: 'b',
});

/** The relation that a dataset's silver SQL reads: rows of texts under the manifest's names, with lineage. */
export const landedRelation = (
  dataset: string,
  columns: Relation['columns'],
  rows: readonly Row[],
): Relation => ({
  name: `landed_${dataset}`,
  columns: {
    ...columns,
    ...{ landed_file: 'varchar', landed_version: 'varchar', landed_at: 'timestamp', batch_id: 'varchar' },
  },
  rows: rows.map((row, at) => ({ ...row, ...lineageOf(at) })),
});

/** Rows that have every edge of every column, and one that is empty. */
export const edgeRows = (fields: readonly Field[]): Row[] => {
  const most = Math.max(...fields.map(({ type }) => edges[type.kind].length));
  const rows = Array.from({ length: most }, (_, at) =>
    Object.fromEntries(
      fields.map(({ name, type }) => [name, edges[type.kind][at % edges[type.kind].length] ?? null]),
    ),
  );
  return [...rows, Object.fromEntries(fields.map(({ name }) => [name, null]))];
};

/** Kinds of a silver table's columns, to ask for them. */
export const kindsOf = ({ columns }: SilverTable) =>
  Object.fromEntries(columns.map(({ name, type }) => [name, meaningOf(type).kind]));

/** A landed row as silver has to show it, with each of its columns read from the column of the same name, or as told. */
export const silverRow = (
  { columns }: SilverTable,
  landed: Row,
  textOf: (name: string) => unknown = (name) => landed[name],
): Row =>
  Object.fromEntries(
    columns.map(({ name, type }) => {
      const text = name in lineageOf(0) ? landed[name] : textOf(name);
      return [name, typeof text === 'string' ? meaningOf(type).means(text) : null];
    }),
  );
