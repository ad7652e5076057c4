import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { DuckDBInstance } from '@duckdb/node-api';
import { type ColumnSource, parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type InferredDataset, inferDataset } from '../../../cli/infer/dataset.ts';
import { doubts } from '../../../cli/infer/lines.ts';

let folder: string;
let database: DuckDBInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'infer-parquet-'));
  database = await DuckDBInstance.create(':memory:', { threads: '1' });
});
afterAll(async () => {
  database.closeSync();
  await rm(folder, { recursive: true });
});

const infer = (...names: readonly string[]): Promise<InferredDataset> =>
  inferDataset({ dataset: 'shop', paths: names.map((name) => join(folder, name)) }, () => undefined);

/** A file that DuckDB writes of a query. */
const byQuery = async (query: string, name = 'shop.parquet'): Promise<string> => {
  const connection = await database.connect();
  await connection.run(`copy (${query}) to '${join(folder, name)}' (format parquet)`);
  connection.closeSync();
  return name;
};
const byColumns = async (columnData: ColumnSource[], name = 'shop.parquet'): Promise<string> => {
  await writeFile(join(folder, name), Buffer.from(parquetWriteBuffer({ columnData })));
  return name;
};
const textColumn = (name: string): ColumnSource => ({ name, data: ['a', 'b'], type: 'STRING' });

const schemaOf = ({ texts }: InferredDataset) => JSON.parse(texts['rules/shop/manifest.json'] ?? '').schema;
const isAccepted = ({ samples }: InferredDataset) => {
  for (const { validation } of samples) {
    expect(validation).toMatchObject({ verdict: 'accepted' });
    expect(validation).not.toHaveProperty('quarantined');
  }
};

describe('a Parquet file', () => {
  it('has the types of its columns', async () => {
    const inferred = await infer(
      await byQuery(`select range as id, range::utinyint as small, (18446744073709551615 - range)::ubigint as huge,
        range / 7 as ratio, range / 8.0::float as single, range % 2 = 0 as ok, 'n' || range as name,
        (range / 100)::decimal(12, 4) as price, range::hugeint::decimal(38, 0) as wide, date '2024-01-01' + range::int as day,
        timestamp '2024-01-01 00:00:00.5' + to_seconds(range) as seen, epoch_ms(range * 1000)::timestamp_ms as ms,
        time '10:00:00' as clock, uuid() as token, '2024-01-0' || (1 + range % 9) as said
        from range(30)`),
    );
    expect(schemaOf(inferred)).toMatchObject({ extension: '.parquet', key: ['id'] });
    expect(schemaOf(inferred)).not.toHaveProperty('format');
    expect(schemaOf(inferred).fields).toMatchObject({
      id: { type: 'int', required: true, min: 0 },
      small: { type: 'int', required: true },
      huge: { type: 'decimal(20,0)' },
      ratio: { type: 'float' },
      single: { type: 'float' },
      ok: { type: 'bool', required: true },
      name: { type: 'string', required: true },
      price: { type: 'decimal(12,4)' },
      wide: { type: 'decimal(38,0)' },
      day: { type: 'date' },
      seen: { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' },
      ms: { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' },
      clock: { type: 'string', max_length: 64 },
      token: { type: 'string', length: 36 },
      said: { type: 'string' },
    });
    expect(doubts(inferred.table)).toContain('said holds dates or moments, but the column is text');
    isAccepted(inferred);
  });

  it('has fields for what its columns are made of', async () => {
    const inferred = await infer(
      await byQuery(`select range as id, {'city': 'x', 'geo': {'lat': 1.5::double}} as place, ['a', null] as tags,
        [{'price': 1.50::decimal(10,2), 'liked': true}] as items, map {'k': range} as counts, [[1], [2]] as grid from range(3)`),
    );
    expect(schemaOf(inferred).unknown_fields).toBe('ignore');
    expect(schemaOf(inferred).fields).toMatchObject({
      'place.city': { type: 'string', required: true },
      'place.geo.lat': { type: 'float', required: true },
      'tags[]': { type: 'string' },
      'items[].price': { type: 'decimal(10,2)', required: true },
      'items[].liked': { type: 'bool', required: true },
      'counts[].key': { type: 'string', required: true },
      'counts[].value': { type: 'int' },
    });
    expect(doubts(inferred.table)).toContain(
      'no field can hold grid[][]: it goes through more than one array',
    );
    isAccepted(inferred);
  });

  it('has columns that SQL cannot say under other names', async () => {
    const names = ['Order ID', 'user.name', 'user.id', ' Πόλη', '客户', 'order', "it's", 'a/b'];
    const inferred = await infer(await byColumns(names.map(textColumn)));
    const { fields, key } = schemaOf(inferred);
    expect(Object.keys(fields)).toEqual([
      ...['order_id', 'user_value.name', 'user_value.id', 'poli', 'col_4', 'order_value', 'it_s', 'a_b'],
    ]);
    expect(Object.entries<{ from?: string }>(fields).map(([name, { from = name }]) => from)).toEqual(names);
    expect(key).toEqual(['order_id']);
    isAccepted(inferred);
  });

  it('may tell its rows apart by a column with a point in its name', async () => {
    const inferred = await infer(await byColumns([textColumn('user.id'), textColumn('user.name')]));
    expect(schemaOf(inferred).key).toEqual(['user_value.id']);
    isAccepted(inferred);
  });

  it('has columns that no field can hold, each with the reason', async () => {
    const odd = Array.from({ length: 4 }, (_, at) => (at < 2 ? Number.NaN : at));
    await byColumns([
      { name: 'id', data: [1, 2, 3, 4], type: 'INT32' },
      { name: 'id.part', data: [1, 2, 3, 4], type: 'INT32' },
      { name: 'tags[]', data: [1, 2, 3, 4], type: 'INT32' },
      { name: 'say "x"', data: [1, 2, 3, 4], type: 'INT32' },
      { name: 'a..b', data: [1, 2, 3, 4], type: 'INT32' },
      {
        name: 'shape',
        data: [1, 2, 3, 4].map(() => ({ type: 'Point', coordinates: [1, 2] })),
        type: 'GEOMETRY',
      },
      { name: 'odd', data: odd, type: 'DOUBLE' },
      { name: 'raw', data: [1, 2, 3, 4].map(() => new Uint8Array([0xff])), type: 'BYTE_ARRAY' },
    ]);
    const inferred = await infer('shop.parquet');
    expect(Object.keys(schemaOf(inferred).fields)).toEqual(['id']);
    expect(doubts(inferred.table).filter((text) => text.startsWith('no field can hold'))).toEqual([
      expect.stringMatching(/hold "tags\[\]": it has brackets or quotes in its name/),
      expect.stringMatching(/hold "say \\"x\\"": it has brackets or quotes in its name/),
      'no field can hold a..b: it is no path such as address.city or items[].price',
      'no field can hold shape: it is BYTE_ARRAY GEOMETRY in Parquet, which no field can hold',
      'no field can hold id.part: it cannot be used together with id',
      'no field can hold odd: it has 2 values of 4; each of them is no finite number, which a float has to be',
      'no field can hold raw: it has 4 values of 4; each of them is not UTF-8',
    ]);
    isAccepted(inferred);
  });

  it.each([['no row', 'select 1 as id where false', /has no rows/]])(
    'is rejected: %s',
    async (_, query, message) => {
      await byQuery(query);
      await expect(infer('shop.parquet')).rejects.toThrow(message);
    },
  );

  it('is rejected: names in two cases', async () => {
    const name = await byColumns([textColumn('Id'), textColumn('n'), textColumn('ID')]);
    await expect(infer(name)).rejects.toThrow(/no manifest fits .*\n.*names one column twice: "Id" and "ID"/);
  });

  it.each([
    ['nothing', 'shop.parquet', Buffer.alloc(0), /is empty/],
    [
      'text',
      'shop.parquet',
      Buffer.from('id,n\n1,2\n'),
      /no row of .* can be read\n {2}the file does not end as Parquet/,
    ],
    ['gzip around it', 'shop.parquet.gz', gzipSync('PAR1'), /is in gzip; Parquet is compressed inside/],
    ['another ending', 'shop.csv', Buffer.from('PAR1PAR1'), /is Parquet; its name has to end in .parquet/],
  ])('is rejected: %s', async (_, name, bytes, message) => {
    await writeFile(join(folder, name), bytes);
    await expect(infer(name)).rejects.toThrow(message);
  });

  it('may end in another way', async () => {
    const inferred = await infer(await byQuery('select 1 as id', 'shop.pq'));
    expect(schemaOf(inferred)).toMatchObject({ extension: '.pq', format: 'parquet' });
    isAccepted(inferred);
  });
});

describe('several Parquet files', () => {
  it('are one dataset, with the columns of all', async () => {
    const inferred = await infer(
      await byQuery('select 1 as id, 1.5::decimal(4,1) as price, null as n', 'shop1.parquet'),
      await byQuery(`select 2 as id, 12.345::decimal(8,3) as price, 7 as n, 'x' as note`, 'shop2.parquet'),
    );
    expect(schemaOf(inferred)).toMatchObject({
      fields_required: false,
      name_pattern: 'shop[0-9]+\\.parquet',
    });
    expect(schemaOf(inferred).fields).toMatchObject({
      id: { type: 'int', required: true },
      price: { type: 'decimal(8,3)', required: true },
      n: { type: 'int' },
      note: { type: 'string' },
    });
    expect(schemaOf(inferred).fields.note).not.toHaveProperty('required');
    isAccepted(inferred);
  });

  it('are said to store a column in ways that no type takes', async () => {
    const inferred = await infer(
      await byQuery('select 1 as id, 1::bigint as n', 'shop1.parquet'),
      await byQuery('select 2 as id, 1.5::double as n', 'shop2.parquet'),
    );
    expect(doubts(inferred.table)).toContain(
      'no field can hold n: it is INT64 INTEGER in one file and DOUBLE in another; no type fits both',
    );
    isAccepted(inferred);
  });
});
