import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DuckDBConnection } from '@duckdb/node-api';
import { afterAll, beforeAll, expect, test, vi } from 'vitest';
import type { SilverTable } from '../../../../functions/values/table.ts';
import type { Warehouse } from '../../../../local/engines/duckdb/database.ts';
import { SilverViews } from '../../../../local/engines/iceberg/silver-views.ts';
import { findSpark } from '../../../../local/engines/spark/installation.ts';
import { openWarehouse } from '../../../../local/engines/warehouse.ts';
import { describeSpark, type TestSpark } from '../../../spark/spark.ts';

vi.setConfig({ testTimeout: 120_000 });

const table: SilverTable = {
  key: ['id'],
  order: ['id'],
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'at', type: 'timestamp' },
    { name: 'price', type: 'decimal(10,2)' },
    { name: 'name', type: 'varchar(20)' },
    { name: 'added_later', type: 'double precision' },
  ],
};
const definition =
  '(id bigint, at timestamp_ntz, price decimal(10,2), name string, gone string) using iceberg';
const row = (id: number) => `(${id}, timestamp_ntz'2024-06-25 10:00:00.123456', 1.10, 'né 🎵', 'gone')`;

let state: string;
let instance: Warehouse;
beforeAll(async () => {
  state = mkdtempSync(join(tmpdir(), 'silver-views-'));
  instance = await openWarehouse({
    state,
    threads: 2,
    extensions: findSpark()?.extensions ?? [],
    folders: [tmpdir()],
  });
});
afterAll(() => {
  instance.closeSync();
  rmSync(state, { recursive: true });
});

const rowsOn = async (connection: DuckDBConnection, sql: string) =>
  (await connection.runAndReadAll(sql)).getRowsJson();
const rows = async (sql: string) => {
  const connection = await instance.connect();
  try {
    return await rowsOn(connection, sql);
  } finally {
    connection.closeSync();
  }
};

const viewsOf = (dataset: string, spark: TestSpark): SilverViews =>
  new SilverViews({ instance, folder: join(spark.root, 'lake', 'silver'), datasets: { [dataset]: table } });

const run = async (spark: TestSpark, ...statements: string[]): Promise<void> => {
  const answers = await spark.sql(...statements);
  for (const answer of answers) expect(answer).not.toHaveProperty('error');
};

describeSpark('views over Iceberg tables', (spark) => {
  test('have the columns and types of the model before and after there is a table', async () => {
    const views = viewsOf('listens', spark());
    const types = () => rows('select column_name, column_type from (describe silver.listens)');
    const wanted = [
      ['id', 'BIGINT'],
      ['at', 'TIMESTAMP'],
      ['price', 'DECIMAL(10,2)'],
      ['name', 'VARCHAR'],
      ['added_later', 'DOUBLE'],
    ];
    await views.refresh();
    expect([await types(), await rows('select * from silver.listens')]).toEqual([wanted, []]);
    await run(spark(), `create table lake.silver.listens ${definition}`);
    await views.refresh();
    expect([await types(), await rows('select * from silver.listens')]).toEqual([wanted, []]);
    await run(spark(), `insert into lake.silver.listens values ${row(1)}`);
    await views.refresh();
    expect([await types(), await rows('select * from silver.listens')]).toEqual([
      wanted,
      [['1', '2024-06-25 10:00:00.123456', '1.10', 'né 🎵', null]],
    ]);
  });

  test('show main and no branch, in the middle of a publish and after it', async () => {
    const views = viewsOf('branched', spark());
    const ids = async () => {
      await views.refresh();
      return rows('select id from silver.branched order by id');
    };
    await run(
      spark(),
      `create table lake.silver.branched ${definition}`,
      'alter table lake.silver.branched create branch first',
      `insert into lake.silver.branched.branch_first values ${row(1)}, ${row(2)}`,
    );
    expect(await ids()).toEqual([]);
    await run(spark(), "call lake.system.fast_forward('silver.branched', 'main', 'first')");
    expect(await ids()).toEqual([['1'], ['2']]);
    await run(
      spark(),
      'alter table lake.silver.branched create branch second',
      'delete from lake.silver.branched.branch_second where id = 2',
    );
    expect(await ids()).toEqual([['1'], ['2']]);
    await run(spark(), "call lake.system.fast_forward('silver.branched', 'main', 'second')");
    expect(await ids()).toEqual([['1']]);
  });

  test('show one snapshot to all statements of a transaction, and the newest to the next', async () => {
    const views = viewsOf('pinned', spark());
    await run(
      spark(),
      `create table lake.silver.pinned ${definition}`,
      `insert into lake.silver.pinned values ${row(1)}`,
    );
    await views.refresh();
    const connection = await instance.connect();
    const count = 'select count(*) from silver.pinned';
    await connection.run('begin transaction');
    await connection.run('create or replace table seen as select id from silver.pinned');
    await run(
      spark(),
      'delete from lake.silver.pinned where id = 1',
      `insert into lake.silver.pinned values ${row(2)}, ${row(3)}`,
    );
    await Promise.all([views.refresh(), views.refresh()]);
    expect(await rows(count)).toEqual([['2']]);
    expect(await rowsOn(connection, count)).toEqual([['1']]);
    await connection.run('insert into seen select id from silver.pinned');
    await connection.run('commit');
    expect(await rowsOn(connection, count)).toEqual([['2']]);
    connection.closeSync();
    expect(await rows('select id from seen')).toEqual([['1'], ['1']]);
  });
});
