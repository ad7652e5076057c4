import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Warehouse } from '../../../local/engines/duckdb/database.ts';
import { openWarehouse } from '../../../local/engines/warehouse.ts';

let folder: string;
let instance: Warehouse;
let connection: DuckDBConnection;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'warehouse-'));
  await mkdir(join(folder, 'open'));
  for (const path of ['a.csv', 'open/b.csv']) await writeFile(join(folder, path), 'a\n1\n');
  instance = await openWarehouse({ state: folder, folders: [join(folder, 'open')] });
  connection = await instance.connect();
});
afterAll(async () => {
  connection.closeSync();
  instance.closeSync();
  await rm(folder, { recursive: true });
});

const rows = async (sql: string) => (await connection.runAndReadAll(sql)).getRowsJson();

test('reads and writes files in the folders that were named', async () => {
  await rows(`copy (select 2 as a) to '${join(folder, 'open', 'c.csv')}'`);
  expect(await rows(`select a from read_csv('${join(folder, 'open')}/*.csv') order by a`)).toEqual([
    ['1'],
    ['2'],
  ]);
});

describe('is rejected', () => {
  const outside: readonly [string, (at: string) => string][] = [
    ['reading a file', (at) => `from '${at}/a.csv'`],
    ['reading a file by a way around', (at) => `from '${at}/open/../a.csv'`],
    ['reading a text', () => `from read_text('/etc/hosts')`],
    ['reading bytes', (at) => `from read_blob('${at}/a.csv')`],
    ['listing files', () => `from glob('/etc/*')`],
    ['writing a file', (at) => `copy (select 1) to '${at}/x.csv'`],
    ['filling a table from a file', (at) => `copy t from '${at}/a.csv'`],
    ['exporting', (at) => `export database '${at}/exported'`],
    ['attaching a database', (at) => `attach '${at}/other.duckdb' as other`],
    ['reading an address', () => `from 'http://127.0.0.1:9/x.csv'`],
    ['installing an extension', () => 'install httpfs'],
    ['loading an extension', () => 'load httpfs'],
    ['allowing access again', () => 'set global enable_external_access = true'],
    ['allowing more folders', () => `set global allowed_directories = ['/']`],
  ];
  test.each(outside)('%s', async (_, sql) => {
    await rows('create table if not exists t (a bigint)');
    await expect(rows(sql(folder))).rejects.toThrow(/disabled|locked|cannot access/i);
  });
});
