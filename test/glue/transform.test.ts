import { existsSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { SpecFile, TransformSpec } from '../../functions/pipeline/spec.ts';
import { copyProject } from '../deploy/project.ts';
import { type Lake, openLake, plainFacts, transformSpec } from '../functions/engine/fixtures.ts';
import * as landed from '../functions/engine/landed-cases.ts';
import { type ReadingCase, readingCases } from '../functions/engine/reading-cases.ts';
import { columnsOf, renamedCsv, renamedRecords } from '../functions/engine/renamed-cases.ts';
import { sessionsManifest, shop, usersManifest } from '../functions/engine/shop-project.ts';
import { cleanKeyOf, type ManifestJson, manifestOf, validated } from '../functions/engine/validated.ts';
import { describeInstalled } from '../spark/installed.ts';
import { openSparkLake, type SparkLake } from './spark-lake.ts';

/** Spark may share the machine. */
const minutes = 60_000;
vi.setConfig({ testTimeout: 2 * minutes });

describeInstalled('the transform job', (installation) => {
  let lake: SparkLake;
  let duckdb: Lake;
  beforeAll(async () => {
    duckdb = await openLake();
    if (installation) lake = await openSparkLake(installation);
  }, 5 * minutes);
  afterAll(async () => {
    await lake?.close();
    await duckdb?.close();
  });

  let batches = 0;
  const nextBatch = (): string => `people-${String(++batches).padStart(6, '0')}`;
  const specOf = (files: SpecFile[], changes: Partial<TransformSpec> = {}): TransformSpec =>
    transformSpec(files, { batch: nextBatch(), ...changes });
  const key = 'data/people/a.csv';

  const land = async (
    name: string,
    body: string | Buffer,
    known: Partial<SpecFile['facts']> & { records: number },
  ): Promise<SpecFile> => ({
    key: name,
    version: await lake.put(name, body),
    landed_at: '2024-06-25T12:00:00.123Z',
    facts: { ...plainFacts, ...known },
  });
  const landValidated = async (
    name: string,
    body: string | Buffer,
    json: ManifestJson,
  ): Promise<SpecFile> => {
    const { facts, clean } = await validated(name, Buffer.from(body), json);
    if (clean) await lake.put(cleanKeyOf(name), clean);
    return { ...(await land(name, body, facts)), ...(clean && { clean_key: cleanKeyOf(name) }) };
  };

  describe('reading as validated', () => {
    const rows = new Map<string, unknown[][]>();
    const nameOf = (at: number): string => `data/people/${at}.csv`;

    /** One job reads many files; a case is looked up by its file. */
    const readSome = async (cases: readonly (readonly [number, ReadingCase])[]): Promise<void> => {
      const files = await Promise.all(cases.map(([at, [, body, known]]) => land(nameOf(at), body, known)));
      const result = await lake.transform(specOf(files), 'r1');
      for (const [file, ...row] of await lake.staged(result, 'landed_file, id, name'))
        rows.set(String(file), [...(rows.get(String(file)) ?? []), row]);
    };

    beforeAll(async () => {
      if (!installation) return;
      const all = [...readingCases.entries()];
      for (let from = 0; from < all.length; from += 8) await readSome(all.slice(from, from + 8));
    }, 5 * minutes);

    test.each([...readingCases.entries()].map(([at, [what, , , found]]) => [what, at, found] as const))(
      'reads %s',
      (_, at, found) => {
        expect(rows.get(nameOf(at)) ?? []).toEqual(found);
      },
    );
  });

  // Asked for its bytes, since DuckDB's client for Node drops the character when it reads a value.
  test('keeps the character of a byte-order mark where a value begins with it', async () => {
    const facts = { records: 2, header: ['name'], bom: true };
    const file = await land(key, '\ufeffname\n\ufeffx\n"\ufeffy"\n', facts);
    const result = await lake.transform(specOf([file]), 'r1');
    expect(await lake.staged(result, 'hex(encode(name))')).toEqual([['EFBBBF78'], ['EFBBBF79']]);
  });

  test(
    'loses nothing at the borders of buffers',
    async () => {
      const records = 60_000;
      const name = (n: number) => `name ""${n % 7}"",\r\n\n\r${'é'.repeat(n % 50)}`;
      const lines = (end: string) =>
        `id,name${end}${Array.from({ length: records }, (_, n) => `${n},"${name(n)}"${end}`).join('')}`;
      const longest = 'x'.repeat(16 * 2 ** 20 - 2);
      const files = [
        await land('data/people/lf.csv', lines('\n'), { records, multiline: true }),
        await land('data/people/crlf.csv', lines('\r\n'), { records, multiline: true, line_end: 'crlf' }),
        await land('data/people/mixed.csv', `${lines('\r\n')}1,x\n`, {
          records: records + 1,
          multiline: true,
          line_end: 'mixed',
        }),
        await land('data/people/long.csv', `id,name\r\n1,${longest}\r\n2,y\r\n`, {
          records: 2,
          line_end: 'crlf',
        }),
      ];
      const result = await lake.transform(specOf(files), 'r1');
      const figures = 'landed_file, count(distinct id), sum(length(name))::bigint';
      const characters = Array.from({ length: records }, (_, n) => name(n).length - 2).reduce(
        (a, b) => a + b,
      );
      expect(
        await lake.query(`select ${figures} from ${lake.stagedFiles(result)} group by all order by all`),
      ).toEqual([
        ['data/people/crlf.csv', String(records), String(characters)],
        ['data/people/lf.csv', String(records), String(characters)],
        ['data/people/long.csv', '2', String(longest.length + 1)],
        ['data/people/mixed.csv', String(records), String(characters + 1)],
      ]);
    },
    5 * minutes,
  );

  test(
    'reads many files of several shapes in one run, empty ones included',
    async () => {
      const shapes = [',', ';', '\t'];
      const files = await Promise.all(
        Array.from({ length: 300 }, (_, n) => {
          const delimiter = shapes[n % 3] ?? ',';
          const line = (...fields: unknown[]) => `${fields.join(delimiter)}\n`;
          const rows = n % 10 === 0 ? '' : line(n, 'x') + line(n, 'y');
          const facts = { records: n % 10 === 0 ? 0 : 2, delimiter };
          return land(`data/people/${n}.csv`, line('id', 'name') + rows, facts);
        }),
      );
      const result = await lake.transform(specOf(files), 'r1');
      expect(result.files).toEqual(
        files.map((file, n) => {
          const rows = n % 10 === 0 ? 0 : 2;
          return { key: file.key, version: file.version, read: rows, staged: rows };
        }),
      );
      expect(await lake.staged(result, 'count(*), count(distinct landed_file), sum(id)::bigint')).toEqual([
        ['540', '270', String(2 * (44_850 - 4_350))],
      ]);
    },
    5 * minutes,
  );

  test('reads more shapes than Spark reads by itself', async () => {
    const files = await Promise.all(
      Array.from({ length: 40 }, (_, n) => {
        const header = ['name', `other ${n}`, 'id'];
        return land(`data/people/${n}.csv`, `${header.join(',')}\nx${n},,${n}\n`, { records: 1, header });
      }),
    );
    const result = await lake.transform(specOf(files), 'r1');
    expect(await lake.staged(result, 'id, name')).toEqual(files.map((_, n) => [String(n), `x${n}`]));
  });

  describe('nested and foreign records', () => {
    let catalog: Catalog;
    let root: string;
    beforeAll(async () => {
      root = await copyProject(shop);
      catalog = await renderCatalog(root, 'duckdb', 'spark');
    });
    afterAll(() => rm(root, { recursive: true, force: true }));

    const shopSpec = (dataset: string, files: SpecFile[], { schema }: ManifestJson): TransformSpec => {
      const known = catalog.datasets[dataset];
      if (!known) throw new Error(dataset);
      const { sql, table } = known;
      return specOf(files, { dataset, sql, table, columns: Object.keys(schema.fields) });
    };
    const textsOf = async (
      files: SpecFile[],
      columns: readonly string[],
      landed: readonly string[] | Pick<TransformSpec, 'columns' | 'sources'>,
    ) => {
      const lineage = ['landed_file', 'landed_version', 'landed_at', 'batch_id'];
      const all = [...columns, ...lineage];
      const aliases = all.map((column) => column.split(' as ').at(-1) ?? column);
      const spec = specOf(files, {
        ...('columns' in landed ? landed : { columns: [...landed] }),
        sql: `select ${all.join(', ')} from landed_people`,
        table: { key: [], order: [], columns: aliases.map((name) => ({ name, type: 'varchar(64)' })) },
      });
      const result = await lake.transform(spec, 'r1');
      const rows = await lake.staged(result, `landed_file, ${aliases.slice(0, columns.length).join(', ')}`);
      return rows.map(([, ...row]) => row);
    };

    test('are one row an item, and one for a session without items', async () => {
      const files = await Promise.all(
        landed.sessionFiles.map(([, name, body]) => landValidated(name, body, sessionsManifest)),
      );
      const [first] = files;
      if (!first) throw new Error('no file');
      const body = `${landed.session(5, '')}\n`;
      const copied: SpecFile = {
        ...first,
        key: 'data/sessions/b.json',
        clean_key: 'staging/clean/sessions/b.json@v1.abc',
        facts: { ...first.facts, format: 'jsonl', records: 1 },
      };
      await lake.put('staging/clean/sessions/b.json@v1.abc', body);
      const result = await lake.transform(shopSpec('sessions', [...files, copied], sessionsManifest), 'r1');
      const rows = await lake.staged(result, `landed_file, ${landed.sessionColumns}`);
      for (const { key: name } of files)
        expect(rows.filter(([file]) => file === name).map(([, ...row]) => row)).toEqual(landed.sessionRows);
      expect(result.files.map(({ read, staged }) => [read, staged])).toEqual([
        [4, 5],
        [4, 5],
        [1, 1],
      ]);
    });

    test('have the elements of an array by their position, and new columns as texts', async () => {
      const files = await Promise.all(
        landed.userCases.map(([, content], at) =>
          landValidated(`data/users/${at}.jsonl`, content, usersManifest),
        ),
      );
      const result = await lake.transform(shopSpec('users', files, usersManifest), 'r1');
      const rows = await lake.staged(result, `landed_file, ${landed.userColumns}`);
      expect(rows.map(([, ...row]) => row)).toEqual(landed.userCases.map(([, , row]) => row));
    });

    test('keep the text of every number', async () => {
      const files = await Promise.all(
        landed.numberTexts.map(([type, text], at) => {
          const json = manifestOf({ id: { type }, 'list[].id': { type } });
          return landValidated(
            `data/people/${at + 10}.jsonl`,
            `{"id":${text},"list":[{"id":${text}}]}\n`,
            json,
          );
        }),
      );
      const rows = await textsOf(files, ['id', 'list[0].id as l'], ['id', 'list[].id']);
      expect(rows).toEqual(landed.numberTexts.map(([, text]) => [text, text]));
    });

    test(
      'survive whatever stands beside them',
      async () => {
        const fields = { id: { type: 'int' }, name: { type: 'string' }, share: { type: 'float' } };
        const batches = fc.array(fc.tuple(landed.trickyPeople, fc.boolean()), {
          minLength: 30,
          maxLength: 30,
        });
        const holds = async (written: [{ name: string; share: number }[], boolean][]) => {
          const files = await Promise.all(
            written.map(([people, isArray], file) => {
              const lines = people.map((one, at) => JSON.stringify({ ...one, id: file * 100 + at }));
              const extension = isArray ? '.json' : '.jsonl';
              const json = manifestOf(fields, { unknown_fields: 'ignore', extension });
              const content = isArray ? `[${lines.join('\r\n,')}]` : `${lines.join('\n')}\n`;
              return landValidated(`data/people/${file}${extension}`, content, json);
            }),
          );
          const rows = await textsOf(files, ['id', 'name', 'share'], Object.keys(fields));
          expect(rows.sort(([a], [b]) => Number(a) - Number(b))).toEqual(
            written.flatMap(([people], file) =>
              people.map(({ name, share }, at) => [
                String(file * 100 + at),
                name || null,
                JSON.stringify(share),
              ]),
            ),
          );
        };
        await fc.assert(fc.asyncProperty(batches, holds), { numRuns: 2, endOnFailure: true });
      },
      5 * minutes,
    );

    test('keep a known object with a new key whole beside it', async () => {
      const { json, content, columns, rows } = landed.partlyKnown;
      const file = await landValidated('data/people/a.jsonl', content, json);
      expect(await textsOf([file], columns, Object.keys(json.schema.fields))).toEqual(rows);
    });

    test('arrive under the names of the fields', async () => {
      const { json, columns, files, rows } = renamedCsv;
      const csv = await Promise.all(files.map(([name, body]) => landValidated(name, body, json)));
      expect(await textsOf(csv, columns, columnsOf(json))).toEqual(rows);

      const { fields, parquet, row } = renamedRecords;
      const written = [
        ...renamedRecords.files,
        ['data/people/a.parquet', await duckdb.parquet(parquet)] as const,
      ];
      const records = await Promise.all(
        written.map(([name, body]) =>
          landValidated(name, body, manifestOf(fields, { extension: name.slice(name.lastIndexOf('.')) })),
        ),
      );
      const paths = renamedRecords.columns((array, position) => `get(${array}, ${position - 1})`);
      expect(await textsOf(records, paths, columnsOf(manifestOf(fields)))).toEqual(written.map(() => row));
    });

    test('arrive from Parquet as texts, whatever types its files have', async () => {
      const { json, cases } = landed.parquet;
      const files: SpecFile[] = [];
      for (const [at, [, query]] of cases.entries())
        files.push(await landValidated(`data/people/${at}.parquet`, await duckdb.parquet(query), json));
      const columns = landed.parquet.columns((array, position) => `get(${array}, ${position - 1})`);
      expect(await textsOf(files, columns, Object.keys(json.schema.fields))).toEqual(
        cases.map(([, , row]) => row),
      );
    });
  });

  describe('what must hold', () => {
    const good = () => land('data/people/a.csv', 'id,name\n1,x\n', { records: 1 });

    test('adds the lineage of each file, which for a repair is its own', async () => {
      const file = await good();
      const clean = 'staging/clean/people/b.csv@v1';
      await lake.put(clean, 'id,name\n2,y\n');
      const repair = { ...file, key: `${key}#repair`, object_key: key };
      const copied = { ...file, key: 'data/people/b.csv', clean_key: clean };
      const spec = specOf([file, repair, copied]);
      const result = await lake.transform(spec, 'r1');
      expect(await lake.staged(result, 'landed_file, landed_version, landed_at, batch_id, id')).toEqual(
        [[key, '1'] as const, [`${key}#repair`, '1'] as const, ['data/people/b.csv', '2'] as const].map(
          ([name, id]) => [name, file.version, '2024-06-25 12:00:00.123', spec.batch, id],
        ),
      );
    });

    test('reads the version that was validated, and leaves no copy of it', async () => {
      const file = await good();
      await lake.put(key, 'id,name\n9,newer\n');
      const spec = specOf([file]);
      const result = await lake.transform(spec, 'r1');
      expect(result.staged).toBe(`staging/${spec.batch}/r1/rows/`);
      expect(await lake.staged(result, 'id, name')).toEqual([['1', 'x']]);
      expect(existsSync(join(lake.root, 'staging', spec.batch, 'r1', 'landed'))).toBe(false);
    });

    test('fails when a file yields other rows than the validator saw, naming it and both counts', async () => {
      const other = await land('data/people/b.csv', 'id,name\n1,x\n2,y\n', { records: 3 });
      const spec = specOf([await good(), other]);
      await expect(lake.transform(spec, 'r1')).rejects.toThrow(
        /^RowsNotConserved: data\/people\/b\.csv: 2 rows read by the engine, 3 expected/,
      );
      expect(await lake.readJson(`runs/${spec.batch}/transform.result.json`)).toBeUndefined();
    });

    test('counts what was read where the SQL drops and multiplies rows', async () => {
      const file = await land(key, 'id,name\n1,x\n2,y\n3,z\n', { records: 3 });
      const { sql } = transformSpec([]);
      const changed = `${sql} where id <> '1' union all ${sql} where id <> '1'`;
      const { files } = await lake.transform(specOf([file], { sql: changed }), 'r1');
      expect(files).toEqual([{ key, version: file.version, read: 3, staged: 4 }]);
    });

    test('answers with the result of the run that ended first', async () => {
      const spec = specOf([await good()]);
      const first = await lake.transform(spec, 'r1');
      expect(await lake.transform(spec, 'r2')).toEqual(first);
    });

    test('says which file is gone', async () => {
      const version = await lake.put('data/people/other.csv', '');
      const file = { ...(await good()), version };
      await expect(lake.transform(specOf([file]), 'r1')).rejects.toThrow(
        `MissingFile: data/people/a.csv (version ${version}) is gone from the lake; land it again`,
      );
    });

    test.each<[string, string, Partial<SpecFile['facts']>]>([
      ['CSV line by line', 'id,name\n1,x,secret\n', {}],
      ['CSV as a whole', 'id,name\n1,x,secret\n', { multiline: true }],
      ['CSV record by record', 'id,name\n1,x,secret\n', { multiline: true, line_end: 'mixed' }],
      ['JSON lines', '{"id":1,"name":"secret', { format: 'jsonl' }],
      ['a JSON array', '[{"id":1,"name":"secret"}', { format: 'json' }],
    ])(
      'names a file that is not what was validated, without its path or values: %s',
      async (_, body, facts) => {
        const bad = await land('data/people/b', body, { records: 1, ...facts });
        const others = facts.format === undefined ? [await good()] : [];
        const failure = await lake.transform(specOf([...others, bad]), 'r1').catch(String);
        expect(failure).toMatch(/UnreadableFile: cannot read data\/people\/b as it was validated/);
        expect(failure).not.toMatch(/secret|landed\//);
      },
    );

    test('says no value of a row that the SQL cannot take', async () => {
      const file = await land(key, 'id,name\nsecret,x\n', { records: 1 });
      const failure = await lake.transform(specOf([file]), 'r1').catch(String);
      expect(failure).toMatch(/RunFailed: \[CAST_INVALID_INPUT\]/);
      expect(failure).not.toMatch(/secret/);
    });

    test('says what does not fit when the SQL yields other columns than the table has', async () => {
      const sql = 'select id, landed_file from landed_people';
      await expect(lake.transform(specOf([await good()], { sql }), 'r1')).rejects.toThrow(
        'SpecMismatch: the silver SQL yields id, landed_file, but the table has batch_id,',
      );
    });

    test('rejects two versions of one key in a batch', async () => {
      const file = await good();
      await expect(lake.transform(specOf([file, { ...file, version: 'v2' }]), 'r1')).rejects.toThrow(
        'is in the batch twice',
      );
    });
  });
});
