import { roomFor } from './column-limits.ts';
import { isIdentifier } from './column-names.ts';
import { isTimestamp } from './column-type.ts';
import type { InferredColumn, InferredTable } from './inferred.ts';
import { landedAlias } from './silver-columns.ts';

/** Ids, texts, numbers, booleans, dates and timestamps. */
const groupOf = ({ name, type }: InferredColumn): number => {
  if (type.isFlag || type.type === 'bool') return 3;
  if (type.type === 'date' || isTimestamp(type)) return 4;
  if (isIdentifier(name)) return 0;
  return type.type === 'string' && !type.numbers ? 1 : 2;
};

/** The silver names of the key columns, and the element number if silver has a row per element. */
export const silverKey = ({ columns, key, exploded }: InferredTable): string[] => {
  const found = key.columns.flatMap(
    (name) => columns.find((column) => column.name === name)?.silver?.name ?? [],
  );
  return exploded === undefined ? found : [...found, 'item_number'];
};

/** The text of `sql/silver/<dataset>.sql`. */
export const silverSql = (table: InferredTable): string => {
  const { dataset, columns, exploded } = table;
  const known = columns.filter(({ silver }) => silver);
  const ordered = [...known].sort((a, b) => groupOf(a) - groupOf(b));
  const [ids, others] = [0, 1].map((at) => ordered.filter((column) => Math.min(1, groupOf(column)) === at));
  const number = exploded === undefined ? [] : ['cast(item_number as bigint) as item_number'];
  const lines = [...(ids ?? []).map(castOf), ...number, ...(others ?? []).map(castOf), ...lineage];
  return [
    `-- ${grainOf(table)}`,
    configOf(table),
    '',
    'select',
    lines.map((line) => `  ${line}`).join(',\n'),
    `from ${relationOf(dataset, exploded)}`,
    '',
  ].join('\n');
};

const grainOf = ({ dataset, exploded }: InferredTable): string =>
  exploded === undefined
    ? `one row per record of a landed file of ${dataset}`
    : `one row per element of ${exploded} of a landed record of ${dataset}; one without a number for a record without elements`;

const relationOf = (dataset: string, exploded: string | undefined): string => {
  const source = `source('landed', '${dataset}')`;
  if (exploded !== undefined) return `{{ explode(${source}, '${exploded}') }} as ${landedAlias}`;
  return `{{ ${source} }}`;
};

const configOf = (table: InferredTable): string => {
  const { columns, key } = table;
  const found = silverKey(table);
  const names =
    [found, columns.flatMap(({ silver }) => silver?.name ?? []).slice(0, 1), ['landed_file']].find(
      ({ length }) => length > 0,
    ) ?? [];
  const listed = list(names);
  const moment = columns.find(({ name, type }) => isTimestamp(type) && key.columns.includes(name));
  const column = moment?.silver?.name;
  if (key.kind !== 'event' || column === undefined)
    return `{{ config(meta={'key': ${listed}, 'order': ${listed}${omitOf(columns, ', ')}}) }}`;
  const order = list([column, ...names.filter((name) => name !== column)]);
  return `{{ config(meta={\n  'key': ${listed},\n  'partition': 'days(${column})',\n  'order': ${order}${omitOf(columns, ',\n  ')}\n}) }}`;
};

/** A comment names the fields that silver cannot read, for the check of the project. */
const omitOf = (columns: readonly InferredColumn[], before: string): string => {
  const names = columns.filter(({ silver }) => !silver).map(({ field }) => field);
  return names.length === 0 ? '' : `${before}'omit': [${names.map(quoted).join(', ')}]`;
};

const quoted = (name: string): string => (/['\\]/.test(name) ? JSON.stringify(name) : `'${name}'`);

const list = (names: readonly string[]): string => `[${names.map((name) => `'${name}'`).join(', ')}]`;

const castOf = (column: InferredColumn): string => {
  const { type, silver = { read: '', name: '' } } = column;
  if (type.type === 'timestamptz')
    return `cast({{ utc(${quoted(silver.read)}) }} as timestamp) as ${silver.name}`;
  return `cast(${textOf(type, silver.read)} as ${sqlType(column)}) as ${silver.name}`;
};

const textOf = ({ isFlag, numbers }: InferredColumn['type'], read: string): string => {
  if (isFlag) return `${read} = '1'`;
  return numbers ? `nullif(${read}, ${sqlText(numbers.word)})` : read;
};

/** A text that every engine reads alike: quotes and backslashes cannot be part of a literal. */
const sqlText = (text: string): string =>
  text
    .split(/(['\\])/)
    .filter((part) => part !== '')
    .map((part) => (part === "'" || part === '\\' ? `chr(${part.charCodeAt(0)})` : `'${part}'`))
    .join(' || ');

const sqlType = ({ type: { type, isFlag, numbers }, limits, profile }: InferredColumn): string => {
  const plain = numbers?.type ?? type;
  if (isFlag || plain === 'bool') return 'boolean';
  if (plain === 'int') return 'bigint';
  if (plain === 'float') return '{{ double() }}';
  if (plain !== 'string') return plain.replace(',', ', ');
  const room = limits.pattern === undefined ? roomFor(profile.longest) : undefined;
  return `varchar(${limits.max_length ?? room ?? 65_535})`;
};

const lineage = [
  'cast(landed_file as varchar(1024)) as landed_file',
  'cast(landed_version as varchar(1024)) as landed_version',
  'cast(landed_at as timestamp) as landed_at',
  'cast(batch_id as varchar(128)) as batch_id',
];
