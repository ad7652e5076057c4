import {
  CancelStatementCommand,
  DescribeStatementCommand,
  ExecuteStatementCommand,
  paginateGetStatementResult,
  RedshiftDataClient,
  ResourceNotFoundException,
  ValidationException,
} from '@aws-sdk/client-redshift-data';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { JsonService } from '../../../../local/cloud/protocol.ts';
import { serve } from '../glue/json-server.ts';
import { slow, target } from './target.ts';
import { openWarehouse, type Warehouse } from './warehouse.ts';

let warehouse: Warehouse;
let api: JsonService;
beforeEach(async () => {
  warehouse = await openWarehouse();
  api = await warehouse.open();
});
afterEach(() => warehouse.close());

describe('with a real client', () => {
  test('answers at once, then describes the statement and gives its result typed and paged', async () => {
    const server = await serve(api);
    const client = new RedshiftDataClient(server.client);
    try {
      const sql = `select i, case when i = 1 then null else cast(i as decimal(10,2)) end as price, i = 1 as first,
        i / 2 as half, 'x' as text, date '2024-06-25' as day, timestamp '2024-06-25 17:43:13' as at, sum(i) over () as total
        from range(1, 2502) as r(i) order by i`;
      const { Id, CreatedAt, Database } = await client.send(
        new ExecuteStatementCommand({ ...target, Sql: sql, StatementName: 'typed' }),
      );
      expect([CreatedAt instanceof Date, Database]).toEqual([true, 'warehouse']);
      const done = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 20 }));
      expect(done).toMatchObject({
        Status: 'FINISHED',
        HasResultSet: true,
        ResultRows: 2501,
        QueryString: sql,
        WorkgroupName: 'app',
      });
      expect(done.Duration).toBeGreaterThan(0);
      const pages = [];
      for await (const page of paginateGetStatementResult({ client }, { Id })) pages.push(page);
      expect(pages.map(({ Records }) => Records?.length)).toEqual([1000, 1000, 501]);
      expect(pages[0]?.TotalNumRows).toBe(2501);
      expect(pages[0]?.ColumnMetadata?.map(({ name, typeName }) => `${name} ${typeName}`)).toEqual([
        'i int8',
        'price numeric',
        'first bool',
        'half float8',
        'text varchar',
        'day date',
        'at timestamp',
        'total int8',
      ]);
      expect(pages[0]?.Records?.[0]).toEqual([
        { longValue: 1 },
        { isNull: true },
        { booleanValue: true },
        { doubleValue: 0.5 },
        { stringValue: 'x' },
        { stringValue: '2024-06-25' },
        { stringValue: '2024-06-25 17:43:13' },
        { longValue: (2501 * 2502) / 2 },
      ]);
      expect(pages[1]?.Records?.[0]?.[1]).toEqual({ stringValue: '1001.00' });
    } finally {
      client.destroy();
      await server.close();
    }
  });

  test('throws what the real service throws', async () => {
    const server = await serve(api);
    const client = new RedshiftDataClient(server.client);
    try {
      const nobody = '00000000-0000-4000-8000-000000000000';
      await expect(client.send(new DescribeStatementCommand({ Id: nobody }))).rejects.toThrow(
        ResourceNotFoundException,
      );
      await expect(client.send(new DescribeStatementCommand({ Id: 'x' }))).rejects.toThrow(
        ValidationException,
      );
      await expect(
        client.send(new ExecuteStatementCommand({ Database: 'w', Sql: 'select 1' })),
      ).rejects.toThrow(ValidationException);
      const { Id } = await client.send(new ExecuteStatementCommand({ ...target, Sql: slow }));
      await expect(paginateGetStatementResult({ client }, { Id }).next()).rejects.toThrow(
        ResourceNotFoundException,
      );
      expect((await client.send(new CancelStatementCommand({ Id }))).Status).toBe(true);
      expect((await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 20 }))).Status).toBe(
        'ABORTED',
      );
      await expect(client.send(new CancelStatementCommand({ Id }))).rejects.toThrow(ValidationException);
    } finally {
      client.destroy();
      await server.close();
    }
  });
});

describe('one transaction', () => {
  test('commits all statements together and describes each', async () => {
    const answer = await warehouse.execute(api, [
      'create table t (a integer)',
      'insert into t select * from range(3)',
      'create temp table mine as select 1 as a',
      'select a from t order by a',
    ]);
    expect(answer).toMatchObject({ Status: 'FINISHED', HasResultSet: true });
    expect(answer.SubStatements).toMatchObject([
      {
        Id: `${answer.Id}:1`,
        Status: 'FINISHED',
        HasResultSet: false,
        QueryString: 'create table t (a integer)',
      },
      { Id: `${answer.Id}:2`, Status: 'FINISHED', ResultRows: 3 },
      { Status: 'FINISHED' },
      { Id: `${answer.Id}:4`, Status: 'FINISHED', HasResultSet: true, ResultRows: 3 },
    ]);
    const { Records } = await api.handle('GetStatementResult', { Id: `${answer.Id}:4` });
    expect(Records).toEqual([[{ longValue: 0 }], [{ longValue: 1 }], [{ longValue: 2 }]]);
    expect(await warehouse.execute(api, ['select * from mine'])).toMatchObject({ Status: 'FAILED' });
  });

  test('rolls everything back when one fails, and says which and why', async () => {
    const answer = await warehouse.execute(api, [
      'create table t (a integer)',
      "select case when true then error('the fence is older') end",
      'select 1',
    ]);
    expect(answer).toMatchObject({
      Status: 'FAILED',
      Error: 'Query #2 failed with ERROR: Invalid Input Error: the fence is older',
    });
    expect((answer.SubStatements as { Status: string }[]).map(({ Status }) => Status)).toEqual([
      'FINISHED',
      'FAILED',
      'ABORTED',
    ]);
    expect(await warehouse.rows("select count(*) from duckdb_tables() where table_name = 't'")).toEqual([
      ['0'],
    ]);
    expect(await warehouse.rows('select count(*) from soundcheck_data_api.statements')).toEqual([['0']]);
  });

  test.each([
    ['select 1; select 2', 'one SQL statement is expected, here are 2'],
    ['/*'.repeat(101), 'comments are nested more than 100 levels deep'],
    [`${'/*'.repeat(101)}${'*/'.repeat(101)} select 1`, 'comments are nested more than 100 levels deep'],
    [`select '${'/*'.repeat(101)}', 1 as "${'/*'.repeat(101)}" /* /* */ */ from nowhere`, 'nowhere'],
    ['commit', 'they cannot begin, commit or roll back'],
    ['selec 1', 'syntax error at or near "selec"'],
  ])('rejects %s', async (sql, reason) => {
    const answer = await warehouse.execute(api, ['create table t (a integer)', sql]);
    expect(answer.Status).toBe('FAILED');
    expect(answer.Error).toContain(reason);
    expect(await warehouse.rows("select count(*) from duckdb_tables() where table_name = 't'")).toEqual([
      ['0'],
    ]);
  });

  test('takes an error of a commit that succeeded for the success it was', async () => {
    warehouse.loseNextCommit();
    const answer = await warehouse.execute(api, ['create table t as select 1 as a']);
    expect(answer).toMatchObject({ Status: 'FINISHED', SubStatements: [{ Status: 'FINISHED' }] });
    expect(await warehouse.rows('select a from t')).toEqual([[1]]);
  });

  test('runs writers one after the other, so that none sees a conflict', async () => {
    await warehouse.execute(api, ['create table counter as select 0 as n']);
    const add = ['update counter set n = n + 1', 'select n from counter'];
    const answers = await Promise.all(Array.from({ length: 20 }, () => warehouse.execute(api, add)));
    expect(new Set(answers.map(({ Status }) => Status))).toEqual(new Set(['FINISHED']));
    expect(await warehouse.rows('select n from counter')).toEqual([[20]]);
  });

  test('lets a reader past a writer that takes its time', async () => {
    const { Id } = await api.handle('ExecuteStatement', { ...target, Sql: `create table big as ${slow}` });
    const { Id: reader } = await api.handle('ExecuteStatement', { ...target, Sql: 'select 1' });
    expect((await warehouse.describe(api, String(reader))).Status).toBe('FINISHED');
    expect((await api.handle('DescribeStatement', { Id })).Status).toBe('STARTED');
    await api.handle('CancelStatement', { Id });
    expect((await warehouse.describe(api, String(Id))).Status).toBe('ABORTED');
  });

  test('binds named parameters as text whose place decides the type', async () => {
    const answer = await warehouse.execute(
      api,
      ['select * from range(5) as r(i) where i < :n', 'select :name'],
      {
        Parameters: [
          { name: 'n', value: '2' },
          { name: 'name', value: "it's" },
        ],
      },
    );
    expect((await api.handle('GetStatementResult', { Id: `${answer.Id}:1` })).TotalNumRows).toBe(2);
    expect((await api.handle('GetStatementResult', { Id: `${answer.Id}:2` })).Records).toEqual([
      [{ stringValue: "it's" }],
    ]);
  });
});

describe('unloading', () => {
  const unload = (select: string, prefix: string) =>
    `copy (${select}) to 's3://lake/kpis/r1/a1/${prefix}/' (format json)`;

  test('stores JSON lines under the prefix, an empty object for no rows', async () => {
    const answer = await warehouse.execute(api, [
      'create temp table d as select * from range(2) as r(i)',
      unload("select i, 'ü' as t, cast(null as integer) as n from d order by i", 'days'),
      unload('select 1 as i where false', 'hours'),
    ]);
    expect(answer).toMatchObject({ Status: 'FINISHED', HasResultSet: false });
    expect(Object.fromEntries(warehouse.objects)).toEqual({
      'lake/kpis/r1/a1/days/0000_part_00.json': '{"i":0,"t":"ü","n":null}\n{"i":1,"t":"ü","n":null}\n',
      'lake/kpis/r1/a1/hours/0000_part_00.json': '',
    });
  });

  test('keeps the order of the select, and writes booleans as Redshift does', async () => {
    await warehouse.execute(api, [
      unload(
        'select i, i = 1 as "is", cast(null as boolean) as "not" from range(3) as r(i) order by i desc',
        'flags',
      ),
    ]);
    expect(warehouse.objects.get('lake/kpis/r1/a1/flags/0000_part_00.json')).toBe(
      [2, 1, 0].map((i) => `{"i":${i},"is":"${i === 1 ? 't' : 'f'}","not":null}\n`).join(''),
    );
  });

  test('keeps what was unloaded before a failure, which tells why', async () => {
    const answer = await warehouse.execute(api, [
      unload("select 'gap' as subject", 'checks'),
      "select error('a check failed')",
    ]);
    expect(answer.Status).toBe('FAILED');
    expect(warehouse.objects.get('lake/kpis/r1/a1/checks/0000_part_00.json')).toBe('{"subject":"gap"}\n');
  });

  test('commits nothing when what was unloaded cannot be stored', async () => {
    await warehouse.execute(api, ['create table t (a integer)']);
    const answer = await warehouse.execute(api, [
      "copy (select 1 as a) to 's3://full/kpis/' (format json)",
      'insert into t values (1)',
    ]);
    expect(answer).toMatchObject({ Status: 'FAILED', Error: expect.stringContaining('the store is full') });
    expect(await warehouse.rows('select * from t')).toEqual([]);
  });
});

describe('names, tokens, limits', () => {
  test('answers the same statement for the same token', async () => {
    const first = await warehouse.execute(api, ['create table t (a integer)'], {
      ClientToken: 'run-1/models',
    });
    expect(
      await warehouse.execute(api, ['create table t (a integer)'], { ClientToken: 'run-1/models' }),
    ).toEqual(first);
    expect((await warehouse.execute(api, ['select 1'], { ClientToken: 'run-2/models' })).Id).not.toBe(
      first.Id,
    );
  });

  test('lists by the start of a name and by status, newest first, page by page', async () => {
    await warehouse.execute(api, ['select 1'], { StatementName: 'app-rebuild-1' });
    await warehouse.execute(api, ['select nonsense'], { StatementName: 'app-rebuild-2' });
    await warehouse.execute(api, ['select 1'], { StatementName: 'other' });
    const names = async (more: object) =>
      ((await api.handle('ListStatements', { ...more })).Statements as { StatementName: string }[]).map(
        (one) => one.StatementName,
      );
    expect(await names({ Status: 'ALL', StatementName: 'app-rebuild-' })).toEqual([
      'app-rebuild-2',
      'app-rebuild-1',
    ]);
    expect(await names({})).toEqual(['other', 'app-rebuild-1']);
    expect(await names({ Status: 'FAILED' })).toEqual(['app-rebuild-2']);
    const { NextToken } = await api.handle('ListStatements', { Status: 'ALL', MaxResults: 2 });
    expect(await names({ Status: 'ALL', MaxResults: 2, NextToken })).toEqual(['app-rebuild-1']);
  });

  test.each([
    ['no statement', { Sqls: [] }],
    ['41 statements', { Sqls: Array.from({ length: 41 }, () => 'select 1') }],
    ['more than 100 KB', { Sqls: ['select 1', `select '${'x'.repeat(102_400)}'`] }],
    ['an empty value', { Sqls: ['select :a'], Parameters: [{ name: 'a', value: '' }] }],
    ['a token of 65 characters', { Sqls: ['select 1'], ClientToken: 'x'.repeat(65) }],
    ['no database', { Sqls: ['select 1'], Database: undefined }],
  ])('rejects %s', async (_, input) => {
    await expect(api.handle('BatchExecuteStatement', { ...target, ...input })).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });

  test('takes at most 500 statements at a time', async () => {
    const sent = Array.from({ length: 500 }, () => api.handle('ExecuteStatement', { ...target, Sql: slow }));
    const ids = (await Promise.all(sent)).map(({ Id }) => String(Id));
    await expect(api.handle('ExecuteStatement', { ...target, Sql: 'select 1' })).rejects.toMatchObject({
      name: 'ActiveStatementsExceededException',
    });
    for (const Id of ids) await api.handle('CancelStatement', { Id });
    expect((await warehouse.describe(api, String(ids.at(-1)))).Status).toBe('ABORTED');
  });

  test('announces the end of a statement that asked for it', async () => {
    await warehouse.execute(api, ['select 1'], { StatementName: 'quiet' });
    const { Id } = await warehouse.execute(api, ['select 1', 'select * from range(3)'], {
      StatementName: 'loud',
      WithEvent: true,
    });
    await warehouse.announced(['FINISHED']);
    expect(warehouse.events[0]).toMatchObject({
      source: 'aws.redshift-data',
      'detail-type': 'Redshift Data Statement Status Change',
      resources: ['arn:aws:redshift-serverless:eu-west-1:000000000000:workgroup/app'],
      detail: { statementId: Id, statementName: 'loud', state: 'FINISHED', rows: 3 },
    });
    await warehouse.execute(api, ['select nonsense'], { WithEvent: true });
    await warehouse.announced(['FINISHED', 'FAILED']);
  });
});

describe('SQL stays with the tables', () => {
  test.each([
    "copy (select 1) to '/tmp/x.csv'",
    "attach ':memory:' as other",
    'detach other',
    'load httpfs',
    'install httpfs',
    'set threads = 1',
    'set variable a = 1',
    "pragma profiling_output = '/tmp/x'",
    'call enable_logging()',
    'checkpoint',
    'use memory',
  ])('rejects %s', async (sql) => {
    expect(await warehouse.execute(api, [sql])).toMatchObject({
      Status: 'FAILED',
      Error: expect.stringMatching(/statements are not accepted: SQL reads and writes tables/),
    });
  });

  test('unloads nothing but one select', async () => {
    for (const select of ["select 1) to '/tmp/x.csv' (format csv); select (2", 'delete from t returning a']) {
      await warehouse.execute(api, ['create table if not exists t as select 1 as a']);
      const unloaded = await warehouse.execute(api, [`copy (${select}) to 's3://lake/x/' (format json)`]);
      expect(unloaded).toMatchObject({ Status: 'FAILED' });
    }
    expect(warehouse.objects.size).toBe(0);
    expect(await warehouse.rows('select * from t')).toEqual([[1]]);
  });
});
