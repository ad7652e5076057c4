import { rm } from 'node:fs/promises';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { renderCatalog } from '../../../deploy/render/render.ts';
import { runTransform } from '../../../functions/engine/transform.ts';
import type { Catalog } from '../../../functions/pipeline/catalog.ts';
import type { SpecFile } from '../../../functions/pipeline/spec.ts';
import { copyProject } from '../../deploy/project.ts';
import { type Lake, openLake, transformSpec } from './fixtures.ts';
import {
  type Element,
  numberTexts,
  parquet,
  partlyKnown,
  session,
  sessionColumns,
  sessionFiles,
  sessionRows,
  trickyPeople,
  userCases,
  userColumns,
} from './landed-cases.ts';
import { columnsOf, renamedCsv, renamedRecords } from './renamed-cases.ts';
import { sessionsManifest, shop, usersManifest } from './shop-project.ts';
import { cleanKeyOf, type ManifestJson, manifestOf, validated } from './validated.ts';

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

/** Puts a file into the lake with the facts that its validator found. */
const landValidated = async (key: string, body: string | Buffer, json: ManifestJson): Promise<SpecFile> => {
  const bytes = Buffer.from(body);
  lake.put(key, bytes, 'v1');
  const { facts, clean } = await validated(key, bytes, json);
  if (clean) lake.put(cleanKeyOf(key), clean);
  const copy = clean && { clean_key: cleanKeyOf(key) };
  return { key, version: 'v1', landed_at: '2024-06-25T12:00:00Z', facts, ...copy };
};

const specOf = (dataset: string, files: SpecFile[], { schema }: ManifestJson) => {
  const known = catalog.datasets[dataset];
  if (!known) throw new Error(dataset);
  const { sql, table } = known;
  return transformSpec(files, { dataset, sql, table, columns: Object.keys(schema.fields) });
};

const stagedRows = async (spec: ReturnType<typeof transformSpec>, columns: string) => {
  const result = await runTransform(lake.run('r1'), spec);
  return { result, rows: await lake.staged(result, columns) };
};

const element: Element = (array, position) => `${array}[${position}]`;

describe('sessions with items', () => {
  test.each(sessionFiles)(
    'are one row an item, and one for a session without items: %s',
    async (_, key, body) => {
      const file = await landValidated(key, body, sessionsManifest);
      const staged = await stagedRows(specOf('sessions', [file], sessionsManifest), sessionColumns);
      expect(staged.rows).toEqual(sessionRows);
      expect(staged.result.files).toEqual([{ key, version: 'v1', read: 4, staged: 5 }]);
    },
  );

  test('are read from the copy of their valid records, which is JSON lines', async () => {
    const key = 'data/sessions/a.json';
    const landed = await landValidated(key, sessionFiles[0]?.[2] ?? '', sessionsManifest);
    const bad = 'data/sessions/b.json';
    const clean_key = 'staging/clean/sessions/b.json@v1.abc';
    lake.put(clean_key, `${session(5, '')}\n`);
    const copied: SpecFile = {
      ...landed,
      key: bad,
      clean_key,
      facts: { ...landed.facts, format: 'jsonl', records: 1 },
    };
    const staged = await stagedRows(specOf('sessions', [landed, copied], sessionsManifest), sessionColumns);
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
  test.each(userCases)('%s', async (_, content, row) => {
    const file = await landValidated('data/users/a.jsonl', content, usersManifest);
    const { rows } = await stagedRows(specOf('users', [file], usersManifest), userColumns);
    expect(rows).toEqual([row]);
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

const textsOf = async (
  content: string | Buffer,
  json: ManifestJson,
  columns: readonly string[],
  key = 'data/people/a.jsonl',
) => {
  const file = await landValidated(key, content, json);
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
  test.each(numberTexts)('are as they were validated: %s %s', async (type, text) => {
    const json = manifestOf({ id: { type }, 'list[].id': { type } });
    const rows = await textsOf(`{"id":${text},"list":[{"id":${text}}]}\n`, json, ['id', 'list[1].id as l']);
    expect(rows).toEqual([[text, text]]);
  });

  test('survive whatever stands beside them', async () => {
    await fc.assert(
      fc.asyncProperty(trickyPeople, fc.boolean(), async (people, isArray) => {
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
      }),
      { numRuns: 40 },
    );
  });

  test('of a known object with a new key are kept whole beside it', async () => {
    const { json, content, columns, rows } = partlyKnown;
    expect(await textsOf(content, json, columns)).toEqual(rows);
  });
});

describe('columns under other names', () => {
  const rowsOf = async (
    files: readonly (readonly [key: string, body: string | Buffer])[],
    json: ManifestJson,
    columns: readonly string[],
  ) => {
    const landed = await Promise.all(files.map(([key, body]) => landValidated(key, body, json)));
    const spec = transformSpec(landed, { ...plainTable(columns), ...columnsOf(json) });
    const names = spec.table.columns.slice(0, columns.length).map(({ name }) => name);
    return (await stagedRows(spec, names.join(', '))).rows;
  };

  test('are those of CSV, whatever a header may hold', async () => {
    const { files, json, columns, rows } = renamedCsv;
    expect(await rowsOf(files, json, columns)).toEqual(rows);
  });

  test('are paths in records', async () => {
    const { fields, files, columns, row } = renamedRecords;
    const parquetFile = ['data/people/a.parquet', await lake.parquet(renamedRecords.parquet)] as const;
    for (const [key, body] of [...files, parquetFile]) {
      const json = manifestOf(fields, { extension: key.slice(key.lastIndexOf('.')) });
      expect(await rowsOf([[key, body]], json, columns(element)), key).toEqual([row]);
    }
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
  test.each(parquet.cases)('%s', async (_, query, row) => {
    const bytes = await lake.parquet(query);
    const columns = parquet.columns(element);
    expect(await textsOf(bytes, parquet.json, columns, 'data/people/a.parquet')).toEqual([row]);
  });
});
