import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openRedshiftData } from '../../../../local/cloud/redshift-data/redshift-data.ts';
import { Warehouse } from '../../../../local/engines/duckdb/database.ts';
import { openWarehouse } from '../../../../local/engines/warehouse.ts';
import { target } from '../../cloud/redshift-data/target.ts';
import { poisonousParquet } from './poison.ts';

let state: string;
let warehouse: Warehouse;
beforeEach(async () => {
  state = mkdtempSync(join(tmpdir(), 'database-'));
  warehouse = await openWarehouse({ state, memoryLimit: '500MB', threads: 1 });
  writeFileSync(join(state, 'scratch', 'poison.parquet'), poisonousParquet);
});
afterEach(() => {
  warehouse.closeSync();
  rmSync(state, { recursive: true });
});

const poison = () => `select * from read_parquet('${join(state, 'scratch', 'poison.parquet')}')`;
const run = async (sql: string) => {
  const connection = await warehouse.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowsJson();
  } finally {
    connection.closeSync();
  }
};

test('opens again by itself after a fatal error, with all that was committed and as closed as before', async () => {
  await run('create table kept as select 1 as a');
  const beside = await warehouse.connect();
  await beside.run('begin transaction');
  await beside.run('insert into kept values (2)');
  await expect(run(poison())).rejects.toThrow(/INTERNAL Error/);
  await expect(beside.run('commit')).rejects.toThrow(/database has been invalidated/);
  const rows = run('from kept');
  beside.closeSync();
  expect(await rows).toEqual([[1]]);
  expect(await run("select current_setting('TimeZone')")).toEqual([['UTC']]);
  await expect(run("from read_text('/etc/hostname')")).rejects.toThrow(/Permission Error/);
});

test('answers whoever asks at the same moment', async () => {
  await expect(run(poison())).rejects.toThrow(/INTERNAL Error/);
  const answers = await Promise.all(Array.from({ length: 5 }, (_, n) => run(`select ${n}`)));
  expect(answers).toEqual([0, 1, 2, 3, 4].map((n) => [[n]]));
});

test('opens again with the next statement if it could not with this one, such as on a full disk', async () => {
  const isThere = { file: true };
  const open = async () => {
    if (!isThere.file) throw new Error('No space left on device');
    return DuckDBInstance.create(':memory:');
  };
  const own = await Warehouse.open({ path: join(state, 'in-memory.duckdb'), open });
  const ask = async (sql: string) => {
    const connection = await own.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJson();
    } finally {
      connection.closeSync();
    }
  };
  await expect(ask(poison())).rejects.toThrow(/INTERNAL Error/);
  isThere.file = false;
  for (let times = 0; times < 2; times++)
    await expect(ask('select 1')).rejects.toThrow('No space left on device');
  isThere.file = true;
  expect(await ask('select 1')).toEqual([[1]]);
  own.closeSync();
});

test('ends a statement that stands in its way', async () => {
  const endless = run('select count(*) from range(1000000000000) as many(n) where n % 7 = 3');
  const ended = expect(endless).rejects.toThrow(/interrupt|invalidated/i);
  await expect(run(poison())).rejects.toThrow(/INTERNAL Error/);
  expect(await run('select 1')).toEqual([[1]]);
  await ended;
});

test('fails the statement of the Data API that broke it, and answers the next one', async () => {
  const api = await openRedshiftData({
    directory: join(state, 'api'),
    instance: warehouse,
    store: { put: async () => undefined },
    publish: async () => undefined,
    region: 'eu-west-1',
    account: '000000000000',
  });
  const execute = async (Sql: string) => {
    const { Id } = await api.handle('ExecuteStatement', { ...target, Sql });
    return api.handle('DescribeStatement', { Id, WaitTimeSeconds: 20 });
  };
  expect(await execute(poison())).toMatchObject({
    Status: 'FAILED',
    Error: expect.stringMatching(/^ERROR: INTERNAL Error/),
  });
  expect(await execute('select 1')).toMatchObject({ Status: 'FINISHED', ResultRows: 1 });
  await api.close();
});
