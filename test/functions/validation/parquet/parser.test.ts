import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { RangeUnread } from '../../../../functions/validation/parquet/damage.ts';
import { openParser } from '../../../../functions/validation/parser.ts';
import { readLanded } from '../../../../functions/validation/reading.ts';
import { validateFile } from '../../../../functions/validation/validate-file.ts';
import type { Validation } from '../../../../functions/validation/verdict.ts';
import { ViolationLog } from '../../../../functions/validation/violations.ts';
import { manifestOf, messagesOf, outcomeOf, pieces } from '../fixture.ts';

const id = { type: 'int', required: true };
const fields = { id, name: { type: 'string', max_length: 5 } };

const validateParquet = (
  bytes: Uint8Array,
  schema: object = {},
  range = rangeOf(bytes),
): Promise<Validation> => {
  const manifest = manifestOf({ extension: '.parquet', name_pattern: undefined, fields, ...schema });
  const key = 'data/streams/a.parquet';
  return validateFile({ key, size: bytes.length, manifest, content: pieces(bytes, 1000), range });
};

const rangeOf = (bytes: Uint8Array) => async (start: number, end: number) => bytes.subarray(start, end);

let folder: string;
let database: DuckDBInstance;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'parquet-'));
  database = await DuckDBInstance.create(':memory:', { threads: '1' });
});
afterAll(async () => {
  database.closeSync();
  await rm(folder, { recursive: true });
});

/** A Parquet file that DuckDB writes of a query. */
const written = async (query: string, options = ''): Promise<Buffer> => {
  const path = join(folder, 'a.parquet');
  const connection = await database.connect();
  await connection.run(`copy (${query}) to '${path}' (format parquet${options})`);
  connection.closeSync();
  return readFile(path);
};

describe('Parquet', () => {
  it.each(['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'])(
    'is read with %s',
    async (codec) => {
      const bytes = await written(
        `select range as id, 'n' || range % 10 as name from range(10000)`,
        `, codec ${codec}, row_group_size 2048`,
      );
      expect(await validateParquet(bytes)).toMatchObject({
        verdict: 'accepted',
        drift: [],
        facts: { format: 'parquet', compression: 'none', header: ['id', 'name'], records: 10000 },
      });
    },
  );

  it('is rejected with a codec that is not read', async () => {
    const bytes = Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'id', data: [1n], type: 'INT64' },
          { name: 'name', data: ['a'], type: 'STRING' },
        ],
        codec: 'LZO',
        compressors: { LZO: (bytes) => bytes },
      }),
    );
    expect(messagesOf(await validateParquet(bytes))).toEqual([
      'column id: the column is compressed with LZO, which is not read',
    ]);
  });

  it('is read as another writer writes it', async () => {
    const bytes = Buffer.from(
      parquetWriteBuffer({
        columnData: [
          { name: 'id', data: [1n, 2n], type: 'INT64' },
          { name: 'name', data: ['a', 'toolong'], type: 'STRING' },
        ],
      }),
    );
    expect(messagesOf(await validateParquet(bytes))).toEqual([
      'row 2, column name: "toolong" has 7 characters, the manifest asks for 0 to 5',
    ]);
  });

  const every = {
    id,
    small: { type: 'int' },
    big: { type: 'int' },
    paid: { type: 'decimal(38,4)', min: '-1.0000' },
    cents: { type: 'decimal(9,2)' },
    share: { type: 'float' },
    half: { type: 'float' },
    ok: { type: 'bool' },
    day: { type: 'date', min: '0001-01-01' },
    at: { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' },
    'tags[]': { type: 'string', one_of: ['a', 'b'] },
    'place.city': { type: 'string', one_of: ['x'] },
    'items[].price': { type: 'decimal(10,2)', one_of: ['1.10', '0.57'] },
    'items[].note': { type: 'string' },
  };
  const row = `select 1::int as id, -5::tinyint as small, 7::ubigint as big, 12345678901234567890.1234::decimal(38,4) as paid,
    0.57::decimal(9,2) as cents, 0.1::double as share, 0.5::float as half, true as ok, date '2024-02-29' as day,
    timestamp '2024-06-25 17:43:13.000001' as at, ['a', 'b', null] as tags, {'city': 'x'} as place,
    [{'price': 1.10::decimal(10,2), 'note': null}, {'price': 0.57::decimal(10,2), 'note': 'n'}] as items`;

  it('has every type, and lists and structs', async () => {
    const validation = await validateParquet(await written(row), { fields: every });
    expect(messagesOf(validation)).toEqual([]);
    expect(validation).toMatchObject({
      verdict: 'accepted',
      facts: { header: Object.keys(every), records: 1 },
    });
  });

  it.each([
    [
      'a decimal exactly',
      '-1.0001::decimal(38,4) as paid',
      'row 1, column paid: "-1.0001" is less than -1.0000',
    ],
    [
      'an unsigned integer',
      '18446744073709551615::ubigint as big',
      'row 1, column big: "18446744073709551615" is not an int (it does not fit into 64 bits)',
    ],
    [
      'a part of a second',
      "timestamp '2024-06-25 17:43:13.5' as day_time",
      'row 1, column day_time: "2024-06-25 17:43:13.5" is not a timestamp (YYYY-MM-DD HH:mm:ss)',
    ],
    [
      'nanoseconds',
      "timestamp_ns '2024-06-25 17:43:13.000000001' as at",
      'row 1, column at: "2024-06-25 17:43:13.000000001" is not a timestamp (YYYY-MM-DD HH:mm:ss[.ffffff])',
    ],
    [
      'no number',
      "'nan'::double as share",
      'row 1, column share: "NaN" is no finite number, which a float has to be',
    ],
    [
      'an element',
      "[{'price': 1.10::decimal(10,2)}, {'price': 9::decimal(10,2)}] as items",
      'row 1, column items[1].price: "9.00" is none of 1.10, 0.57',
    ],
    ['a text in a struct', "{'city': 'y'} as place", 'row 1, column place.city: "y" is none of x'],
    [
      'another type',
      "'1' as share",
      'column share: the column is BYTE_ARRAY STRING in Parquet, the manifest asks for float',
    ],
    [
      'a moment for a day',
      "timestamp '2024-06-25 17:43:13' as day",
      'column day: the column is INT64 TIMESTAMP MICROS in Parquet, the manifest asks for date',
    ],
    [
      'a moment with an offset, which Parquet never has',
      "timestamptz '2024-06-25 17:43:13+02' as called_at",
      'column called_at: the column is INT64 TIMESTAMP MICROS in Parquet, the manifest asks for timestamptz; Parquet keeps timestamps in UTC, so declare it as timestamp',
    ],
    ['a list for a value', '[true] as ok', '"ok[]" is a column that the manifest does not name'],
  ])('names what is wrong: %s', async (_, column, message) => {
    const query = `select 1::int as id, ${column}`;
    const named = { ...every, day_time: { type: 'timestamp' }, called_at: { type: 'timestamptz' } };
    expect(
      messagesOf(await validateParquet(await written(query), { fields: named, fields_required: false })),
    ).toContain(message);
  });

  it('asks for values and columns', async () => {
    const bytes = await written('select null::int as id, 1 as other');
    expect(outcomeOf(await validateParquet(bytes))).toEqual({ 'missing_column:name': 1, unknown_column: 1 });
    const optional = { fields_required: false, unknown_fields: 'ignore' };
    expect(messagesOf(await validateParquet(bytes, optional))).toEqual([
      'row 1, column id: the value is missing, every record needs one',
    ]);
    const drifted = await validateParquet(await written('select 1 as id, 1 as other'), optional);
    expect(drifted).toMatchObject({
      verdict: 'accepted',
      drift: ['new column "other", ignored', 'column "name" is missing, taken as empty'],
    });
  });

  it('may hold no row', async () => {
    const validation = await validateParquet(await written("select 1 as id, 'x' as name where false"));
    expect(validation).toMatchObject({ verdict: 'accepted', facts: { header: ['id', 'name'], records: 0 } });
    expect(await validateParquet(Buffer.alloc(0))).toMatchObject({
      verdict: 'ignored',
      reason: 'empty file',
    });
  });

  it('finds texts that are none', async () => {
    const bytes = await written("select 1 as id, '\\xFF'::blob as name");
    expect(messagesOf(await validateParquet(bytes))).toEqual(['row 1, column name: "\uFFFD" is not UTF-8']);
  });

  it('finds records with the same key, and keeps valid ones', async () => {
    const bytes = await written("select range % 3 as id, 'x' as name from range(4)");
    const schema = { key: ['id'], validation: { on_error: 'quarantine_rows' } };
    expect(await validateParquet(bytes, schema)).toMatchObject({
      verdict: 'accepted',
      quarantined: { rows: 2 },
    });
  });

  it('tells records as JSON lines, new columns with them where they are kept', async () => {
    const bytes = await written("select 1 as id, 'x' as name, {'a': 1.10::decimal(4,2)} as more");
    const manifest = manifestOf({
      extension: '.parquet',
      name_pattern: undefined,
      fields,
      unknown_fields: 'text',
    });
    const good: string[] = [];
    const onValid = (line: Uint8Array) => void good.push(String(Buffer.from(line)));
    const parser = openParser(manifest, new ViolationLog(), { onValid });
    const content = pieces(bytes, 1000);
    await readLanded(
      { key: 'data/streams/a.parquet', size: bytes.length, content, range: rangeOf(bytes) },
      parser,
    );
    expect(good).toEqual(['{"id":1,"name":"x","more":{"a":1.10}}\n']);
    expect(parser.drift).toEqual(['new column "more.a", kept as text']);
  });

  const byHyparquet = (
    columns: Record<string, { data: unknown[]; type: 'STRING' | 'INT64' | 'FLOAT' | 'UUID' }>,
  ) =>
    Buffer.from(
      parquetWriteBuffer({
        columnData: Object.entries(columns).map(([name, { data, type }]) => ({ name, data, type })),
      }),
    );

  it.each(['ignore', 'text', 'reject'])(
    'is rejected with names that differ in case alone: %s',
    async (unknown_fields) => {
      const bytes = byHyparquet({
        id: { data: [1n], type: 'INT64' },
        Name: { data: ['WRONG'], type: 'STRING' },
        name: { data: ['right'], type: 'STRING' },
      });
      expect(messagesOf(await validateParquet(bytes, { unknown_fields }))).toContain(
        'the file names one column twice: "Name" and "name"',
      );
    },
  );

  const dotted = { id, 'user.name': { type: 'string', max_length: 3 } };

  it.each(['ignore', 'text', 'reject'])(
    'validates a column whose name is a path: %s',
    async (unknown_fields) => {
      const bytes = byHyparquet({
        id: { data: [1n, 2n], type: 'INT64' },
        'user.name': { data: ['Anna', 'Bo'], type: 'STRING' },
      });
      expect(messagesOf(await validateParquet(bytes, { fields: dotted, unknown_fields }))).toEqual([
        'row 1, column user.name: "Anna" has 4 characters, the manifest asks for 0 to 3',
      ]);
    },
  );

  it('is rejected where a path is a column and a member, too', async () => {
    const bytes = await written(`select 1 as id, 'x' as "user.name", {'name': 'y'} as "user"`);
    expect(messagesOf(await validateParquet(bytes, { fields: dotted }))).toContain(
      'the file names "user.name" twice, as a column and inside of another one; rename one of them',
    );
  });

  it.each(['ignore', 'text'])(
    'is rejected where a column is an array or an object and its field none: %s',
    async (unknown_fields) => {
      const asked = { id, 'tags[]': { type: 'string' }, 'place.city': { type: 'string' } };
      const messages = async (columns: string) => {
        const bytes = await written(`select 1 as id, ${columns}`);
        return messagesOf(await validateParquet(bytes, { fields: asked, unknown_fields }));
      };
      expect(await messages("[['a']] as tags, 'Rome' as place")).toEqual([
        'column tags[]: the column is an array in Parquet, the manifest asks for string',
        'column place: the column is BYTE_ARRAY STRING in Parquet, the manifest asks for an object',
      ]);
      expect(await messages("'a' as tags, {'city': {'name': 'Rome'}} as place")).toEqual([
        'column tags: the column is BYTE_ARRAY STRING in Parquet, the manifest asks for an array',
        'column place.city: the column is an object in Parquet, the manifest asks for string',
      ]);
      expect(await messages("{'zip': '1'} as place")).toEqual([
        'column tags[]: the file lacks it',
        'column place.city: the file lacks it',
      ]);
    },
  );

  it('has single-precision numbers as they are', async () => {
    const bytes = byHyparquet({
      id: { data: [1n, 2n], type: 'INT64' },
      f: { data: [0.1, 1.1], type: 'FLOAT' },
    });
    const numbers = { id, f: { type: 'float', max: 1.1, one_of: [0.1, 1.1] } };
    expect(await validateParquet(bytes, { fields: numbers })).toMatchObject({ verdict: 'accepted' });
  });

  it('says row and column of a text with a NUL, and of one that is no UTF-8', async () => {
    const bytes = await written("select 1 as id, 'a' || chr(0) as name union all select 2, null");
    expect(messagesOf(await validateParquet(bytes))).toEqual([
      'row 1, column name: "a\uFFFD" holds a NUL, which no text may hold',
    ]);
  });

  it.each(['ignore', 'text'])('keeps its rows beside bytes that nobody names: %s', async (unknown_fields) => {
    const bytes = await written(
      "select 1 as id, 'x' as name, uuid() as u, '\\xFF'::blob as b, interval 1 day as i, time '17:43:13.5' as t",
    );
    expect(await validateParquet(bytes, { unknown_fields })).toMatchObject({
      verdict: 'accepted',
      facts: { records: 1 },
    });
  });

  it('takes identifiers and times for texts', async () => {
    const bytes = await written(
      "select 1 as id, '0e37df36-f698-11e6-8dd4-cb9ced3df976'::uuid as name, time '17:43:13.5' as t",
    );
    const texts = { id, name: { type: 'string', length: 36 }, t: { type: 'string', one_of: ['17:43:13.5'] } };
    expect(await validateParquet(bytes, { fields: texts })).toMatchObject({ verdict: 'accepted' });
  });

  it('says which columns no field takes', async () => {
    const bytes = await written('select 1 as id, interval 1 day as name');
    expect(messagesOf(await validateParquet(bytes))).toEqual([
      'column name: the column is FIXED_LEN_BYTE_ARRAY(12) INTERVAL in Parquet, which no field takes, the manifest asks for string',
    ]);
  });

  it('may have large row groups, of which little is read at once', async () => {
    const numbers = Array.from({ length: 9 }, (_, at) => `(range + ${at}) % 1000 as c${at}`).join(', ');
    const bytes = await written(
      `select range as id, 'n' as name, ${numbers} from range(1_048_576)`,
      ', row_group_size 1048576',
    );
    const wide = Object.fromEntries(Array.from({ length: 9 }, (_, at) => [`c${at}`, { type: 'int' }]));
    expect(await validateParquet(bytes, { fields: { ...fields, ...wide } })).toMatchObject({
      verdict: 'accepted',
      facts: { records: 1_048_576 },
    });
  }, 120_000);

  it('calls damaged bytes damaged, wherever they are', async () => {
    const bytes = await written("select range as id, 'n' || range as name from range(100)");
    expect(messagesOf(await validateParquet(Buffer.from('id,name\n1,x\n')))).toEqual([
      'the file does not end as Parquet does',
    ]);
    expect(outcomeOf(await validateParquet(bytes.subarray(0, -1)))).toEqual({ parquet: 1 });
    for (let at = 0; at < bytes.length; at += 7) {
      const damaged = Buffer.from(bytes);
      damaged[at] = (damaged[at] ?? 0) ^ 0xff;
      const { verdict } = await validateParquet(damaged);
      expect(['accepted', 'rejected']).toContain(verdict);
    }
  });

  it('throws when a range cannot be read', async () => {
    const bytes = await written("select 1 as id, 'x' as name");
    const failing = () => Promise.reject(new Error('connection reset'));
    await expect(validateParquet(bytes, {}, failing)).rejects.toThrow(RangeUnread);
    let calls = 0;
    const later = async (start: number, end: number) => {
      if (++calls > 2) throw new Error('connection reset');
      return bytes.subarray(start, end);
    };
    await expect(validateParquet(bytes, {}, later)).rejects.toThrow(RangeUnread);
  });
});
