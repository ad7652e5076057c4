import { rm } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderCatalog } from '../../../deploy/render.ts';
import type { Catalog } from '../../../functions/domain/catalog.ts';
import { judgeFile } from '../../../functions/domain/judge/judge-file.ts';
import { parseManifest } from '../../../functions/domain/manifest/manifest.ts';
import type { SpecFile } from '../../../functions/domain/spec.ts';
import { runTransform } from '../../../functions/engine/transform.ts';
import { copyProject } from '../../deploy/project.ts';
import { pieces } from '../domain/judge/judge-fixture.ts';
import { type Lake, openLake, transformSpec } from './fixtures.ts';
import { sessionsManifest, shop, usersManifest } from './shop-project.ts';

let lake: Lake;
let catalog: Catalog;
let root: string;
beforeAll(async () => {
  root = await copyProject(shop);
  catalog = await renderCatalog(root, 'duckdb');
});
afterAll(() => rm(root, { recursive: true, force: true }));
beforeEach(async () => {
  lake = await openLake();
});
afterEach(() => lake.close());

type ManifestJson = { readonly schema: { readonly fields: object } };

const manifestFrom = (json: ManifestJson) => {
  const parsed = parseManifest(JSON.stringify(json));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  return parsed.manifest;
};

/** Puts a file into the lake with the facts that its judge found. */
const landJudged = async (key: string, body: string | Buffer, json: ManifestJson): Promise<SpecFile> => {
  const bytes = Buffer.from(body);
  const manifest = manifestFrom(json);
  const range = async (start: number, end: number) => bytes.subarray(start, end);
  const content = pieces(bytes, 2 ** 16);
  const judgement = await judgeFile({ key, size: bytes.length, manifest, content, range });
  if (judgement.verdict !== 'accepted') throw new Error(JSON.stringify(judgement));
  lake.put(key, bytes, 'v1');
  const { header } = judgement.facts;
  return {
    key,
    version: 'v1',
    landed_at: '2024-06-25T12:00:00Z',
    facts: { ...judgement.facts, header: [...header] },
  };
};

const specOf = (dataset: string, files: SpecFile[], { schema }: ManifestJson) => {
  const known = catalog.datasets[dataset];
  if (!known) throw new Error(dataset);
  const { sql, table } = known;
  return transformSpec(files, { dataset, sql, table, columns: Object.keys(schema.fields) });
};

const stagedRows = async (spec: ReturnType<typeof transformSpec>, columns: string) => {
  const result = await runTransform(lake.run('r1'), spec);
  const path = await lake.store.locate(`${result.staged}part-00000.parquet`);
  return { result, rows: await lake.rows(`select ${columns} from read_parquet('${path}') order by all`) };
};

const uuid = (digit: number) => `0000000${digit}-3a8c-4968-a3af-5362011ef7d5`;
const session = (digit: number, items: string) =>
  `{"session_id":"${uuid(digit)}","customer":{"user_id":"${uuid(0)}"},"session_start_time":"2020-01-27T08:29:54.970697"${items}}`;

describe('sessions with items', () => {
  const content = `[
    ${session(1, ',"session_items":[{"song_id":"A","price":1.03,"liked":true},{"price":0.5,"song_id":"B","liked":null}]')},
    ${session(2, ',"session_items":[]')},
    ${session(3, ',"session_items":null')},
    ${session(4, '')}
  ]`;
  const rows = [
    [uuid(1), uuid(0), 'A', '1', '1.03', true, '2020-01-27 08:29:54.970697'],
    [uuid(1), uuid(0), 'B', '2', '0.50', null, '2020-01-27 08:29:54.970697'],
    ...[2, 3, 4].map((digit) => [uuid(digit), uuid(0), null, null, null, null, '2020-01-27 08:29:54.970697']),
  ];
  const columns = 'session_id, user_id, song_id, item_number, price, liked, session_start_time';

  test.each([
    ['a JSON array', 'data/sessions/a.json', content],
    ['a JSON array as gzip', 'data/sessions/a.json.gz', gzipSync(content)],
  ])('are one row an item, and one for a session without items: %s', async (_, key, body) => {
    const file = await landJudged(key, body, sessionsManifest);
    const staged = await stagedRows(specOf('sessions', [file], sessionsManifest), columns);
    expect(staged.rows).toEqual(rows);
    expect(staged.result.files).toEqual([{ key, version: 'v1', read: 4, staged: 5 }]);
  });

  test('are read from the copy of their good records, which is JSON lines', async () => {
    const key = 'data/sessions/a.json';
    const landed = await landJudged(key, content, sessionsManifest);
    const bad = 'data/sessions/b.json';
    const clean_key = 'staging/clean/sessions/b.json@v1.abc';
    lake.put(clean_key, `${session(5, '')}\n`);
    const copied: SpecFile = {
      ...landed,
      key: bad,
      clean_key,
      facts: { ...landed.facts, format: 'jsonl', records: 1 },
    };
    const staged = await stagedRows(specOf('sessions', [landed, copied], sessionsManifest), columns);
    expect(staged.rows).toHaveLength(6);
    expect(staged.result.files).toContainEqual({ key: bad, version: 'v1', read: 1, staged: 1 });
  });

  test('are rendered for Spark, too', async () => {
    const { datasets } = await renderCatalog(root, 'redshift');
    expect(datasets.sessions?.sql).toContain('lateral view outer posexplode(landed.session_items)');
    expect(datasets.users?.sql).toContain('get(user_location, 0)');
  });
});

describe('users with an array of values', () => {
  const user = (location: string, more = '') =>
    `{"user_id":"${uuid(1)}","user_location":${location},"user_since":"2020-12-22T14:15:35"${more}}\n`;

  test.each([
    [
      'has its elements by position',
      user('["46.32313","-0.45877","Niort","FR","Europe/Paris"]'),
      ['46.323130', 'FR', null, null],
    ],
    ['may be short or empty', user('["1.5"]'), ['1.500000', null, null, null]],
    ['may be missing', user('null'), [null, null, null, null]],
    [
      'stands beside new columns, whose texts are kept in their order',
      user('[]', ',"zip":"01234","score":1.10,"tags":["a",2],"no":null,"yes":true'),
      [null, null, null, '{"zip":"01234","score":"1.10","tags":"[\\"a\\",\\"2\\"]","no":null,"yes":"true"}'],
    ],
  ])('%s', async (_, content, expected) => {
    const file = await landJudged('data/users/a.jsonl', content, usersManifest);
    const spec = specOf('users', [file], usersManifest);
    const { rows } = await stagedRows(spec, 'latitude, country_code, nothing, unknown_fields');
    expect(rows).toEqual([expected]);
  });
});

const plainTable = (columns: readonly string[]) => ({
  sql: `select ${columns.join(', ')}, landed_file, landed_version, landed_at, batch_id from landed_people`,
  table: {
    key: ['id'],
    order: ['id'],
    columns: [...columns, 'landed_file', 'landed_version', 'batch_id']
      .map((name) => ({ name: name.split(' as ').at(-1) ?? name, type: 'varchar(64)' }))
      .concat({ name: 'landed_at', type: 'timestamp' }),
  },
});

const manifestOf = (fields: object, schema: object = {}) => ({
  version: '1',
  directory: 'data/people/',
  schema: { extension: '.jsonl', ...schema, fields },
});

const textsOf = async (
  content: string | Buffer,
  json: ManifestJson,
  columns: readonly string[],
  key = 'data/people/a.jsonl',
) => {
  const file = await landJudged(key, content, json);
  const spec = transformSpec([file], { ...plainTable(columns), columns: Object.keys(json.schema.fields) });
  return (
    await stagedRows(
      spec,
      spec.table.columns
        .slice(0, columns.length)
        .map(({ name }) => name)
        .join(', '),
    )
  ).rows;
};

describe('texts of JSON', () => {
  test.each([
    ['int', '12'],
    ['int', '-0'],
    ['int', '9223372036854775807'],
    ['decimal(10,2)', '1.10'],
    ['decimal(38,2)', '12345678901234567.89'],
    ['decimal(38,2)', '123456789012345678901234567890123456.70'],
    ['float', '1e3'],
    ['float', '1E-07'],
    ['float', '0.1'],
    ['float', '-12.500'],
    ['bool', 'true'],
  ])('are as they were judged: %s %s', async (type, text) => {
    const json = manifestOf({ id: { type }, 'list[].id': { type } });
    const rows = await textsOf(`{"id":${text},"list":[{"id":${text}}]}\n`, json, ['id', 'list[1].id as l']);
    expect(rows).toEqual([[text, text]]);
  });

  const tricky = fc.array(
    fc.constantFrom('"', '\\', '1', '-', ':', ',', '{', '}', '\n', 'é', '😀', '\u2028', ' ', 'e', '.', '$1'),
  );
  const person = fc.record({
    id: fc.integer(),
    name: tricky.map((all) => all.join('')),
    share: fc.double({ noNaN: true, noDefaultInfinity: true }),
    other: fc.jsonValue(),
  });

  test('survive whatever stands beside them', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(person, { minLength: 1, maxLength: 20 }),
        fc.boolean(),
        async (people, isArray) => {
          const lines = people.map((one, at) => JSON.stringify({ ...one, id: at }));
          const schema = { unknown_fields: 'ignore', extension: isArray ? '.json' : '.jsonl' };
          const json = manifestOf(
            { id: { type: 'int' }, name: { type: 'string' }, share: { type: 'float' } },
            schema,
          );
          const content = isArray ? `[${lines.join('\r\n,')}]` : `${lines.join('\n')}\n`;
          const key = isArray ? 'data/people/a.json' : 'data/people/a.jsonl';
          const fresh = await openLake();
          const before = lake;
          lake = fresh;
          try {
            const rows = await textsOf(content, json, ['id', 'name', 'share'], key);
            const sorted = [...rows].sort((a, b) => Number(a[0]) - Number(b[0]));
            expect(sorted).toEqual(
              people.map(({ name, share }, at) => [
                String(at),
                name === '' ? null : name,
                JSON.stringify(share),
              ]),
            );
          } finally {
            lake = before;
            await fresh.close();
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  test('of a known object with a new key are kept whole beside it', async () => {
    const json = manifestOf(
      { id: { type: 'int' }, 'place.city': { type: 'string' } },
      { unknown_fields: 'text' },
    );
    const content = '{"id":1,"place":{"city":"x","zip":7}}\n{"id":2,"place":{"city":"y"}}\n{"id":3}\n';
    expect(await textsOf(content, json, ['id', 'place.city as city', 'unknown_fields'])).toEqual([
      ['1', 'x', '{"place":"{\\"city\\":\\"x\\",\\"zip\\":\\"7\\"}"}'],
      ['2', 'y', '{"place":"{\\"city\\":\\"y\\"}"}'],
      ['3', null, null],
    ]);
  });
});

describe('new columns of CSV', () => {
  test('are kept as texts in their order', async () => {
    const json = manifestOf({ id: { type: 'int' } }, { extension: '.csv', unknown_fields: 'text' });
    const content = 'zip,id,it\'s\n01234,1,"a""b"\n,2,x\n';
    expect(await textsOf(content, json, ['id', 'unknown_fields'], 'data/people/a.csv')).toEqual([
      ['1', '{"zip":"01234","it\'s":"a\\"b"}'],
      ['2', '{"zip":null,"it\'s":"x"}'],
    ]);
  });

  test('are none where the file has none', async () => {
    const json = manifestOf({ id: { type: 'int' } }, { extension: '.csv', unknown_fields: 'text' });
    expect(await textsOf('id\n1\n', json, ['id', 'unknown_fields'], 'data/people/a.csv')).toEqual([
      ['1', null],
    ]);
  });
});

describe('Parquet', () => {
  const moment = { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' };
  const fields = {
    id: { type: 'int' },
    paid: { type: 'decimal(10,2)' },
    bought_at: moment,
    'tags[]': { type: 'string' },
    'place.city': { type: 'string' },
    'items[].price': { type: 'decimal(10,2)' },
    'items[].note': { type: 'string' },
  };
  const json = manifestOf(fields, { extension: '.parquet', unknown_fields: 'text', fields_required: false });
  const columns = [
    ...['id', 'paid', 'bought_at', 'tags[2] as tag', 'place.city as city', 'items[1].price as price'],
    ...['items[1].note as note', 'unknown_fields'],
  ];
  const read = async (query: string) => {
    const bytes = await lake.parquet(query);
    return textsOf(bytes, json, columns, 'data/people/a.parquet');
  };

  test('arrives as texts, nested as it is', async () => {
    const query = `select 1 as id, 1.10::decimal(10,2) as paid, timestamp '2024-06-25 17:43:13.5' as bought_at, ['a', ''] as tags,
      {'city': 'x'} as place, [{'price': 0.57::decimal(10,2), 'note': 'n'}] as items, 7 as more, {'a': 1} as deep`;
    expect(await read(query)).toEqual([
      ['1', '1.10', '2024-06-25 17:43:13.5', null, 'x', '0.57', 'n', '{"more":"7","deep":"{\\"a\\":1}"}'],
    ]);
  });

  test('may lack columns, inside of others too', async () => {
    expect(await read("select 1::bigint as id, [{'price': 1::decimal(10,2)}] as items")).toEqual([
      ['1', null, null, null, null, '1.00', null, null],
    ]);
  });
});
