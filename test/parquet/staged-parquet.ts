import { columnList } from '../../functions/engine/sql-text.ts';
import type { SpecFile, TransformSpec } from '../../functions/pipeline/spec.ts';
import { transformSpec } from '../functions/engine/fixtures.ts';
import { parquetManifest } from './landed-parquet.ts';
import { isSameKept, parseDigits, type Tree, textOf } from './same-record.ts';

/** What an engine publishes of the validator's records, value by value. */

/** SQL of an array's first element on an engine. */
type First = (array: string) => string;

const named = ['id', 'n', 'f', 'ok', 'name', 'day', 'at', 'paid'] as const;

/** Columns of the staged rows. */
export const stagedColumns = [
  'landed_file',
  ...named,
  'tag',
  'city',
  'price',
  'note',
  'flat_name',
  'unknown_fields',
];

/** A batch of such files. */
export const parquetSpec = (files: SpecFile[], batch: string, first: First): TransformSpec => {
  const item = first('items');
  const nested = `${first('tags')} as tag, place.city as city, ${item}.price as price, ${item}.note as note, flat.name as flat_name`;
  const columns = [...stagedColumns, 'landed_version', 'batch_id'].map((name) => ({
    name,
    type: 'varchar(65535)',
  }));
  return transformSpec(files, {
    batch,
    columns: Object.keys(parquetManifest.schema.fields),
    sql: `select ${columnList(named)}, ${nested}, unknown_fields, landed_file, landed_version, landed_at, batch_id from landed_people`,
    table: { key: ['id'], order: ['id'], columns: [...columns, { name: 'landed_at', type: 'timestamp' }] },
  });
};

type Members = { readonly [key: string]: Tree };
const members = (tree: Tree | undefined): Members => (tree ?? {}) as Members;

/** How a staged row differs from the record that the validator wrote; undefined where it does not. */
export const difference = (
  row: readonly unknown[],
  line: string,
  header: readonly string[],
): string | undefined => {
  const record = members(parseDigits(line));
  const [item] = (record.items ?? []) as readonly Tree[];
  const [tag] = (record.tags ?? []) as readonly Tree[];
  const expected = [
    ...named.map((name) => textOf(record[name])),
    ...[
      tag,
      members(record.place).city,
      members(item).price,
      members(item).note,
      members(record.flat).name,
    ].map(textOf),
  ];
  const found = row.slice(1, -1);
  const at = expected.findIndex((text, place) => text !== found[place]);
  if (at >= 0)
    return `${stagedColumns[at + 1]} is ${JSON.stringify(found[at])}, not ${JSON.stringify(expected[at])}`;
  const others = Object.keys(record).filter(
    (key) => key.startsWith('x') || key.startsWith('X') || key.startsWith('ü'),
  );
  const kept = [...others, ...(header.includes('place.zip') && 'place' in record ? ['place'] : [])];
  const unknown: Record<string, string | null> = JSON.parse(String(row.at(-1) ?? '{}'));
  const wrong = kept.find((key) => !isSameKept(unknown[key] ?? null, record[key] ?? null));
  if (wrong !== undefined) return `unknown_fields has ${JSON.stringify(unknown[wrong])} for ${wrong}`;
  return Object.keys(unknown).length === kept.length ? undefined : `unknown_fields is ${row.at(-1)}`;
};
