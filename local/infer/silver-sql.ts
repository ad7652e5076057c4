import { roomFor } from './column-limits.ts';
import { isIdentifier } from './column-names.ts';
import type { InferredColumn, InferredTable } from './inferred.ts';
import { landedAlias } from './silver-columns.ts';

/** Ids, texts, numbers, booleans, dates and timestamps. */
const groupOf = ({ name, type }: InferredColumn): number => {
  if (type.isFlag || type.type === 'bool') return 3;
  if (type.type === 'date' || type.type === 'timestamp') return 4;
  if (isIdentifier(name)) return 0;
  return type.type === 'string' && !type.numbers ? 1 : 2;
};

/** Names in silver of columns; those that it does not have are left out. */
export const silverNames = (columns: readonly InferredColumn[], names: readonly string[]): string[] =>
  names.flatMap((name) => columns.find((column) => column.name === name)?.silver?.name ?? []);

/** The text of `sql/silver/<dataset>.sql`. */
export const silverSql = (table: InferredTable): string => {
  const { dataset, columns } = table;
  const known = columns.filter(({ silver }) => silver);
  const isQualified = known.some(({ silver }) => silver?.read.startsWith(`${landedAlias}.`));
  const ordered = [...known].sort((a, b) => groupOf(a) - groupOf(b));
  const lines = [...ordered.map(castOf), ...lineage].map((line) => `  ${line}`);
  return [
    `-- one row per record of a landed file of ${dataset}`,
    configOf(table),
    '',
    'select',
    lines.join(',\n'),
    `from {{ source('landed', '${dataset}') }}${isQualified ? ` as ${landedAlias}` : ''}`,
    '',
  ].join('\n');
};

const configOf = ({ columns, key }: InferredTable): string => {
  const found = silverNames(columns, key.columns);
  const names = found.length > 0 ? found : columns.flatMap(({ silver }) => silver?.name ?? []).slice(0, 1);
  const listed = list(names);
  const moment = columns.find(({ name, type }) => type.type === 'timestamp' && key.columns.includes(name));
  const column = moment?.silver?.name;
  if (key.kind !== 'event' || column === undefined)
    return `{{ config(meta={'key': ${listed}, 'order': ${listed}}) }}`;
  const order = list([column, ...names.filter((name) => name !== column)]);
  return `{{ config(meta={\n  'key': ${listed},\n  'partition': 'days(${column})',\n  'order': ${order}\n}) }}`;
};

const list = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(', ')}]`;

const castOf = (column: InferredColumn): string => {
  const { type, silver = { read: '', name: '' } } = column;
  return `cast(${textOf(type, silver.read)} as ${sqlType(column)}) as ${silver.name}`;
};

const textOf = ({ isFlag, numbers }: InferredColumn['type'], read: string): string => {
  if (isFlag) return `${read} = '1'`;
  return numbers ? `nullif(${read}, '${numbers.word}')` : read;
};

const sqlType = ({ type: { type, isFlag, numbers }, limits, profile }: InferredColumn): string => {
  const plain = numbers?.type ?? type;
  if (isFlag || plain === 'bool') return 'boolean';
  if (plain === 'int') return 'bigint';
  if (plain === 'float') return '{{ double() }}';
  if (plain !== 'string') return plain.replace(',', ', ');
  return `varchar(${limits.max_length ?? roomFor(profile.longest) ?? 65_535})`;
};

const lineage = [
  'cast(landed_file as varchar(1024)) as landed_file',
  'cast(landed_version as varchar(1024)) as landed_version',
  'cast(landed_at as timestamp) as landed_at',
  'cast(batch_id as varchar(128)) as batch_id',
];
