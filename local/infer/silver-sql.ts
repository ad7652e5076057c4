import { roomFor } from './column-limits.ts';
import { isIdentifier } from './column-names.ts';
import type { InferredColumn, InferredTable } from './inferred.ts';

const reserved = new Set(
  `all analyse analyze and any array as asc asymmetric authorization between binary both case cast check collate collation
  column constraint create cross current_date current_role current_time current_timestamp current_user default deferrable
  desc distinct do else end except false fetch for foreign freeze from full grant group having ilike in initially inner
  intersect interval into is isnull join lateral leading left like limit localtime localtimestamp natural not notnull null
  offset on only or order outer overlaps placing primary references returning right select session_user similar some
  symmetric table tablesample then to trailing true union unique user using values variadic verbose when where window with
  batch_id landed_at landed_file landed_version`.split(/\s+/),
);

/** The name of a column in silver: lower case, never a word of SQL; undefined for a name that SQL cannot say unquoted. */
export const sqlName = (name: string): string | undefined => {
  const lower = name.toLowerCase();
  if (!/^[a-z_][a-z0-9_]*$/.test(lower)) return undefined;
  return reserved.has(lower) ? `${lower}_value` : lower;
};

/** Ids, texts, numbers, booleans, dates and timestamps. */
const groupOf = ({ name, type }: InferredColumn): number => {
  if (type.isFlag || type.type === 'bool') return 3;
  if (type.type === 'date' || type.type === 'timestamp') return 4;
  if (isIdentifier(name)) return 0;
  return type.type === 'string' && !type.numbers ? 1 : 2;
};

/** The text of `sql/silver/<dataset>.sql`. */
export const silverSql = ({ dataset, columns, key }: InferredTable): string => {
  const known = columns.filter(({ name }) => sqlName(name) !== undefined);
  const ordered = [...known].sort((a, b) => groupOf(a) - groupOf(b));
  const names = key.columns.flatMap((name) => sqlName(name) ?? []);
  const isQualified = known.some(({ name }) => reserved.has(name.toLowerCase()));
  const lines = [...ordered.map(castOf), ...lineage].map((line) => `  ${line}`);
  return [
    `-- one row per record of a landed file of ${dataset}`,
    configOf(
      names.length > 0 ? names : known.slice(0, 1).flatMap(({ name }) => sqlName(name) ?? []),
      columns,
      key,
    ),
    '',
    'select',
    lines.join(',\n'),
    `from {{ source('landed', '${dataset}') }}${isQualified ? ' as landed' : ''}`,
    '',
  ].join('\n');
};

const configOf = (
  names: readonly string[],
  columns: readonly InferredColumn[],
  key: InferredTable['key'],
): string => {
  const listed = `[${names.map((name) => `'${name}'`).join(', ')}]`;
  const moment = columns.find(({ name, type }) => type.type === 'timestamp' && key.columns.includes(name));
  const column = moment && sqlName(moment.name);
  if (key.kind !== 'event' || column === undefined)
    return `{{ config(meta={'key': ${listed}, 'order': ${listed}}) }}`;
  const order = [column, ...names.filter((name) => name !== column)].map((name) => `'${name}'`).join(', ');
  return `{{ config(meta={\n  'key': ${listed},\n  'partition': 'days(${column})',\n  'order': [${order}]\n}) }}`;
};

const castOf = (column: InferredColumn): string => {
  const { name, type } = column;
  const lower = name.toLowerCase();
  const read = reserved.has(lower) ? `landed.${lower}` : lower;
  const value = type.isFlag
    ? `${read} = '1'`
    : type.numbers
      ? `nullif(${read}, '${type.numbers.word}')`
      : read;
  return `cast(${value} as ${sqlType(column)}) as ${sqlName(name)}`;
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
