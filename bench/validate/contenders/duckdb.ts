import { DuckDBInstance } from '@duckdb/node-api';
import type { Field, Manifest } from '../../../functions/validation/index.ts';
import { type Counts, contend, type Task } from '../contender.ts';

/** How a column is read, and when one of its values is invalid. */
type Column = { readonly type: string; readonly isInvalid: string };

const name = (field: Field): string => `"${field.name}"`;
const typeNames = {
  int: 'bigint',
  float: 'double',
  bool: 'boolean',
  date: 'date',
  timestamp: 'timestamp',
  timestamptz: 'timestamptz',
  string: 'varchar',
};
const typeName = ({ type, type_name }: Field): string =>
  type.kind === 'decimal' ? type_name : typeNames[type.kind];

/** Its own casts while it reads, which accept more than the manifest, such as `0012`. */
const cast = (field: Field): Column => ({ type: typeName(field), isInvalid: limits(field, name(field)) });

const shapes = {
  int: '-?(0|[1-9][0-9]*)',
  float: '-?(0|[1-9][0-9]*)([.][0-9]+)?([eE][+-]?[0-9]+)?',
  decimal: '-?(0|[1-9][0-9]*)([.][0-9]+)?',
  bool: 'true|false|True|False|TRUE|FALSE',
  date: '[0-9]{4}-[0-9]{2}-[0-9]{2}',
  timestamp: '[0-9]{4}-[0-9]{2}-[0-9]{2} [0-9]{2}:[0-9]{2}:[0-9]{2}',
  timestamptz:
    '[0-9]{4}-[0-9]{2}-[0-9]{2}[ T][0-9]{2}:[0-9]{2}:[0-9]{2}([.][0-9]{1,6})?(Z|[+-][0-9]{2}(:?[0-9]{2})?)',
};

/** Exactly what the manifest requires. */
const checked = (field: Field): Column => {
  const { kind } = field.type;
  if (kind === 'string') return { type: 'varchar', isInvalid: limits(field, name(field)) };
  const value = `try_cast(${name(field)} as ${typeName(field)})`;
  const isInvalid = `(${name(field)} is not null and (not regexp_full_match(${name(field)}, '${shapes[kind]}') or ${value} is null))`;
  return { type: 'varchar', isInvalid: `(${isInvalid} or ${limits(field, value)})` };
};

const limits = (field: Field, value: string): string => {
  const { required, min, max, min_length, max_length } = field;
  const conditions = [
    required ? `${name(field)} is null` : undefined,
    min === undefined ? undefined : `coalesce(${value} < ${min}, false)`,
    max === undefined ? undefined : `coalesce(${value} > ${max}, false)`,
    min_length === undefined ? undefined : `coalesce(length(${name(field)}) < ${min_length}, false)`,
    max_length === undefined ? undefined : `coalesce(length(${name(field)}) > ${max_length}, false)`,
  ].filter((condition) => condition !== undefined);
  return conditions.length > 0 ? `(${conditions.join(' or ')})` : 'false';
};

const question = (
  path: string,
  { fields, delimiter, quote }: Manifest,
  columnOf: (field: Field) => Column,
): string => {
  const columns = fields.map((field) => `'${field.name}': '${columnOf(field).type}'`).join(', ');
  const isInvalid = fields.map((field) => columnOf(field).isInvalid).join(' or ');
  const used = fields.map((field) => `count(${name(field)})`).join(', ');
  return `
    select count(*) as records, count(*) filter (where ${isInvalid}) as invalid, ${used}
    from read_csv('${path}', auto_detect = false, header = true, columns = {${columns}}, delim = '${delimiter}',
      quote = '${quote}', escape = '${quote}', nullstr = '', allow_quoted_nulls = true, store_rejects = true,
      timestampformat = '%Y-%m-%d %H:%M:%S', dateformat = '%Y-%m-%d', rejects_limit = 0)`;
};

/** The file has its columns in the order of the manifest. */
const read = async ({ path, variant }: Task, manifest: Manifest): Promise<Counts> => {
  const database = await DuckDBInstance.create(':memory:', { threads: '2' });
  const connection = await database.connect();
  const reader = await connection.runAndReadAll(
    question(path, manifest, variant === 'casts' ? cast : checked),
  );
  const [records, invalid] = reader.getRows()[0] ?? [];
  const rejects = await connection.runAndReadAll('select count(distinct line) from reject_errors');
  const rejected = Number(rejects.getRows()[0]?.[0]);
  return { records: Number(records) + rejected, invalid: Number(invalid) + rejected };
};

await contend(read);
