import { readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { describe, expect, test } from 'vitest';
import {
  csvFiles,
  jsonFiles,
  parquetFiles,
  pathPattern,
  writeParquet,
} from '../../../functions/engine/read-files.ts';

const project = fileURLToPath(new URL('../../../', import.meta.url));
const csv = {
  columns: 1,
  delimiter: ',',
  quote: '"',
  isStrict: true,
  isParallel: false,
  longestRecord: 1000,
};

describe('files are read', () => {
  test.each(['id=77', '*', 'a?', '[ab]', '[!x]', '{a,b}', "it's", '%41', ' ü 名 ', '**', '$1', ';--'])(
    'from a folder called %s, and from no other',
    async (name) => {
      const folder = await mkdtemp(join(tmpdir(), 'read-files-'));
      const database = await DuckDBInstance.create(':memory:');
      const connection = await database.connect();
      const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();
      try {
        const own = await mkdtemp(join(folder, name));
        const other = await mkdtemp(join(folder, 'ab-'));
        await writeFile(join(own, `${name}.csv`), 'id\n1\n');
        await writeFile(join(own, `${name}.json`), '{"id":1}\n');
        await writeFile(join(other, 'x.csv'), 'id\n2\n');
        await connection.run(writeParquet('select 1 as id', join(own, `${name}.parquet`)));
        expect(await rows(`select c0 from ${csvFiles([join(own, `${name}.csv`)], csv)}`)).toEqual([['1']]);
        const json = jsonFiles([join(own, `${name}.json`)], {
          isArray: false,
          longestRecord: 1000,
        });
        expect(await rows(`select json from ${json}`)).toEqual([['{"id":1}']]);
        expect(await rows(`from ${parquetFiles([join(own, `${name}.parquet`)])}`)).toEqual([[1]]);
      } finally {
        connection.closeSync();
        database.closeSync();
        await rm(folder, { recursive: true });
      }
    },
  );

  test('under the path that stands in it, for patterns of one', () => {
    expect(pathPattern('/a*b/[x]?')).toBe('/a[*]b/[[]x][?]');
  });
});

describe('no other module', () => {
  const filesIn = (folder: string, ending: string): readonly string[] =>
    readdirSync(join(project, folder), { recursive: true, encoding: 'utf8' })
      .filter((path) => path.endsWith(ending))
      .map((path) => join(folder, path));
  const naming = (paths: readonly string[], words: RegExp): readonly string[] =>
    paths.filter((path) => words.test(readFileSync(join(project, path), 'utf8')));

  test('tells DuckDB to read files', () => {
    const readers =
      /\b(?:read_(?:parquet|csv|json|ndjson|text|blob)\w*|parquet_(?:scan|metadata|schema)|sniff_csv|glob) ?\(/i;
    const modules = ['functions', 'cli', 'local', 'deploy'].flatMap((folder) => filesIn(folder, '.ts'));
    expect(naming(modules, readers)).toEqual([]);
    expect(naming(['functions/engine/read-files.ts'], /'read_(?:parquet|csv|json_objects)'/)).toHaveLength(1);
  });

  test('tells Spark to read files', () => {
    expect(naming(filesIn('glue', '.py'), /\bspark\.read\b|\.read\.(?:parquet|csv|json|text|load)/)).toEqual([
      'glue/read_files.py',
    ]);
  });
});
