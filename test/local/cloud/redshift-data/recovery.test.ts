import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openJournal } from '../../../../local/cloud/journal.ts';
import type { BusEvent, JsonService } from '../../../../local/cloud/protocol.ts';
import { openRedshiftData } from '../../../../local/cloud/redshift-data/redshift-data.ts';
import type { StatementState } from '../../../../local/cloud/redshift-data/statement.ts';
import { slow, target } from './target.ts';
import { openWarehouse, type Warehouse } from './warehouse.ts';

describe('after the process died', () => {
  let warehouse: Warehouse;
  let api: JsonService;
  beforeEach(async () => {
    warehouse = await openWarehouse();
    api = await warehouse.open();
  });
  afterEach(() => warehouse.close());

  test('a statement is still known, with its result and its token', async () => {
    const first = await warehouse.execute(api, ['create table t as select 1 as a', 'select a from t'], {
      ClientToken: 'once',
    });
    const again = await warehouse.open(warehouse.snapshot('later'));
    expect(await warehouse.describe(again, first.Id)).toEqual(first);
    expect((await again.handle('GetStatementResult', { Id: `${first.Id}:2` })).Records).toEqual([
      [{ longValue: 1 }],
    ]);
    expect(
      await warehouse.execute(again, ['create table t as select 1 as a'], { ClientToken: 'once' }),
    ).toEqual(first);
  });

  test('a transaction that was committed is finished, though nobody had noted it, and is announced', async () => {
    const { Id } = await warehouse.execute(api, ['create table t as select 1 as a'], { WithEvent: true });
    await warehouse.announced(['FINISHED']);
    const later = warehouse.snapshot('later');
    noteStarted(later, Id);
    const again = await warehouse.open(later);
    await warehouse.announced(['FINISHED', 'FINISHED']);
    expect(await warehouse.describe(again, Id)).toMatchObject({
      Status: 'FINISHED',
      SubStatements: [{ Status: 'FINISHED' }],
    });
  });

  test('a transaction that was not committed has failed and says so', async () => {
    const { Id } = await api.handle('ExecuteStatement', {
      ...target,
      Sql: `create table t as ${slow}`,
      WithEvent: true,
    });
    const later = warehouse.snapshot('later');
    await warehouse.shut(api);
    expect(warehouse.events).toEqual([]);
    const again = await warehouse.open(later);
    await warehouse.announced(['ABORTED']);
    expect(await warehouse.describe(again, String(Id))).toMatchObject({
      Status: 'ABORTED',
      Error: expect.stringContaining('ended before the transaction was committed'),
    });
    expect(await warehouse.rows("select count(*) from duckdb_tables() where table_name = 't'")).toEqual([
      ['0'],
    ]);
  });

  test('an end is announced once more when its announcement may be lost, and then no more', async () => {
    const { Id } = await warehouse.execute(api, ['select 1'], { WithEvent: true });
    await warehouse.announced(['FINISHED']);
    const later = warehouse.snapshot('later');
    note(later, Id, { status: 'FINISHED', updatedAt: 0, duration: 1, parts: [] });
    const again = await warehouse.open(later);
    await warehouse.announced(['FINISHED', 'FINISHED']);
    await warehouse.shut(again);
    await warehouse.open(later);
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(warehouse.events).toHaveLength(2);
  });

  const noteStarted = (directory: string, id: string) =>
    note(directory, id, { status: 'STARTED', updatedAt: 0, duration: -1, parts: [] });

  const note = (directory: string, id: string, state: StatementState) => {
    const states = openJournal<StatementState>(join(directory, 'states.journal'));
    states.add(id, state);
    states.close();
  };
});

test('whatever moment it is killed at, each statement is either finished with its rows or failed without', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'killed-'));
  try {
    const sent = new Set<string>();
    for (const delay of [60, 150]) {
      for (const id of await killedAfter(folder, delay)) sent.add(id);
    }
    const { statuses, ids, rows } = await aftermath(folder, sent);
    expect(sent.size).toBeGreaterThan(2);
    expect(statuses.every((status) => status === 'FINISHED' || status === 'ABORTED')).toBe(true);
    expect(rows).toBe(statuses.filter((status) => status === 'FINISHED').length);
    expect(new Set(ids)).toEqual(sent);
  } finally {
    rmSync(folder, { recursive: true });
  }
}, 60_000);

/** Kills a process that sends statements, that many milliseconds after its first, and answers with the ids it was given. */
const killedAfter = (folder: string, delay: number): Promise<string[]> =>
  new Promise((resolve, reject) => {
    const writer = join(import.meta.dirname, 'endless-writer.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', writer, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let output = '';
    child.stdout.on('data', (text) => {
      if (output === '') setTimeout(() => child.kill('SIGKILL'), delay);
      output += text;
    });
    child.on('error', reject);
    child.on('close', () => resolve(output.split('\n').slice(0, -1)));
  });

const aftermath = async (folder: string, sent: ReadonlySet<string>) => {
  const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'));
  const events: BusEvent[] = [];
  const api = await openRedshiftData({
    directory: join(folder, 'api'),
    instance,
    store: { put: async () => undefined },
    publish: async (event) => void events.push(event),
    region: 'eu-west-1',
    account: '000000000000',
  });
  const described = await Promise.all(
    [...sent].map((Id) => api.handle('DescribeStatement', { Id, WaitTimeSeconds: 5 })),
  );
  const connection = await instance.connect();
  const rows = (await connection.runAndReadAll('select count(*) from written')).getRowsJson();
  connection.closeSync();
  await api.close();
  instance.closeSync();
  return {
    statuses: described.map(({ Status }) => Status),
    ids: described.map(({ Id }) => Id),
    rows: Number(rows[0]?.[0]),
  };
};
