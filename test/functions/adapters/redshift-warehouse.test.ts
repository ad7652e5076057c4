import { setTimeout as wait } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { redshiftWarehouse } from '../../../functions/adapters/redshift-warehouse.ts';
import type { Statement, Warehouse } from '../../../functions/pipeline/ports.ts';
import { openWarehouse } from '../../local/cloud/redshift-data/warehouse.ts';
import { type Laptop, openLaptop } from './laptop.ts';

let database: Awaited<ReturnType<typeof openWarehouse>>;
let laptop: Laptop;
let warehouse: Warehouse;
beforeAll(async () => {
  database = await openWarehouse();
  laptop = await openLaptop({ json: { 'redshift-data': await database.open() } });
  warehouse = redshiftWarehouse({ warehouse: 'workgroup/app', database: 'warehouse' });
});
afterEach(() => laptop.rest());
afterAll(async () => {
  await laptop.close();
  await database.close();
});

const ended = async (id: string): Promise<Statement | undefined> => {
  for (let tries = 0; tries < 200; tries++) {
    const statement = await warehouse.statement(id);
    if (statement?.state !== 'running') return statement;
    await wait(20);
  }
  throw new Error('the statement does not end');
};

test('runs the statements of a transaction in order', async () => {
  const sql = [
    'create table played (n int)',
    'insert into played values (1)',
    'insert into played values (2)',
  ];
  const id = await warehouse.send('app-rebuild-a-1', 'a-1', sql);
  expect(await ended(id)).toEqual({ id, state: 'finished' });
  expect(await database.rows('select n from played order by n')).toEqual([[1], [2]]);
  expect(database.events.at(-1)?.detail).toMatchObject({ statementId: id, statementName: 'app-rebuild-a-1' });
});

test('says why a transaction failed, which then has changed nothing', async () => {
  const sql = ['create table kept (n int)', "select error('the fence was not raised')"];
  const id = await warehouse.send('app-rebuild-b-1', 'b-1', sql);
  const statement = await ended(id);
  expect(statement).toMatchObject({ id, state: 'failed' });
  expect(statement?.error).toContain('the fence was not raised');
  await expect(database.rows('select * from kept')).rejects.toThrow(/kept does not exist/);
});

test('answers the same statement to the same token, and another one to another name', async () => {
  const id = await warehouse.send('app-rebuild-c-1', 'c-1', ['create table once (n int)']);
  expect(await warehouse.send('app-rebuild-c-1', 'c-1', ['create table once (n int)'])).toBe(id);
  expect(await warehouse.send('app-rebuild-c-2', 'c-1', ['select 1'])).not.toBe(id);
  expect(await ended(id)).toMatchObject({ state: 'finished' });
});

test('sends a statement once when the answer is lost', async () => {
  laptop.once('BatchExecuteStatement', () => 'lost');
  const id = await warehouse.send('app-rebuild-d-1', 'd-1', ['create table lost (n int)', 'select 1']);
  expect(laptop.seen.filter(({ operation }) => operation === 'BatchExecuteStatement')).toHaveLength(2);
  expect(await ended(id)).toMatchObject({ state: 'finished' });
  expect(await warehouse.find('app-rebuild-d-1')).toEqual({ id, state: 'finished' });
});

test('sends a statement that is alone outside of a transaction block', async () => {
  const id = await warehouse.send('app-migrate-a-1', 'a-1', ['create table alone (n int)']);
  expect(laptop.seen.map(({ operation }) => operation)).toContain('ExecuteStatement');
  expect(await ended(id)).toMatchObject({ state: 'finished' });
});

test('keeps its token within what the Data API takes', async () => {
  await warehouse.send(`app-rebuild-${'long'.repeat(20)}`, 'x'.repeat(200), ['select 1']);
  expect(JSON.parse(String(laptop.seen[0]?.body)).ClientToken).toMatch(/^[0-9a-f]{64}$/);
});

test('finds a statement by its whole name, whatever others begin with it', async () => {
  const id = await warehouse.send('app-rebuild-e-1', 'e-1', ['select 1']);
  for (const more of ['0', '1', '2'])
    await warehouse.send(`app-rebuild-e-1${more}`, `e-1${more}`, ['select 1']);
  await ended(id);
  expect(await warehouse.find('app-rebuild-e-1')).toEqual({ id, state: 'finished' });
  expect(await warehouse.find('app-rebuild-e')).toBeUndefined();
  expect(await warehouse.find('app-rebuild-nothing')).toBeUndefined();
});

test('finds the newest of a name', async () => {
  await warehouse.send('app-rebuild-f-1', 'first', ['select 1']);
  const second = await warehouse.send('app-rebuild-f-1', 'second', ['select 1']);
  expect(await warehouse.find('app-rebuild-f-1')).toMatchObject({ id: second });
});

test('finds a statement on a later page', async () => {
  laptop.meddle(({ operation, body }) => {
    if (operation !== 'ListStatements') return undefined;
    const { NextToken } = JSON.parse(String(body));
    const Statements = NextToken ? [{ Id: 's1', StatementName: 'paged', Status: 'STARTED' }] : [];
    return { status: 200, body: { Statements, ...(NextToken ? {} : { NextToken: 'more' }) } };
  });
  expect(await warehouse.find('paged')).toEqual({ id: 's1', state: 'running' });
});

test.each([
  ['workgroup/app', { WorkgroupName: 'app' }],
  ['cluster/app', { ClusterIdentifier: 'app' }],
])('sends statements to %s', async (named, target) => {
  laptop.meddle(() => ({ status: 200, body: { Id: 's1' } }));
  await redshiftWarehouse({ warehouse: named, database: 'dev' }).send('app-rebuild-f-1', 'f-1', ['select 1']);
  const [{ body } = { body: '' }] = laptop.seen;
  const { WorkgroupName, ClusterIdentifier, Database } = JSON.parse(String(body));
  expect({ WorkgroupName, ClusterIdentifier, Database }).toEqual({ ...target, Database: 'dev' });
});

test('knows no statement that was never sent', async () => {
  expect(await warehouse.statement('d1b21cd1-0000-4000-8000-000000000000')).toBeUndefined();
});

test.each([
  ['SUBMITTED', 'running'],
  ['PICKED', 'running'],
  ['STARTED', 'running'],
  ['ABORTED', 'lost'],
  ['FAILED', 'failed'],
])('takes a statement that is %s for a %s one', async (Status, state) => {
  laptop.meddle(() => ({ status: 200, body: { Id: 's1', Status } }));
  expect(await warehouse.statement('s1')).toEqual({ id: 's1', state });
});

test.each([
  ['ERROR: Internal error occurred while running the query', 'lost'],
  ['Connection to the cluster was closed', 'lost'],
  ['ERROR: connection reset by peer', 'lost'],
  ['connection to 10.0.0.1:5439 refused', 'lost'],
  ['FATAL: terminating connection due to administrator command', 'lost'],
  ['Could not connect to the workgroup', 'lost'],
  ['Session is not available', 'lost'],
  ["ERROR: Query (4711) cancelled on user's request", 'lost'],
  ['ERROR: 1023 DETAIL: Serializable isolation violation on table - 123', 'lost'],
  ['ERROR: Divide by zero', 'failed'],
  ['ERROR: Numeric data overflow (addition)', 'failed'],
  ['ERROR: Invalid input syntax for integer: "internal error, connection lost"', 'failed'],
  ['ERROR: column "query was aborted" does not exist', 'failed'],
  ['ERROR: permission denied for relation fact_listens', 'failed'],
  ['ERROR: relation "gold.connection" does not exist', 'failed'],
])('takes a statement that FAILED with %s for a %s one', async (message, state) => {
  laptop.meddle(() => ({ status: 200, body: { Id: 's1', Status: 'FAILED', Error: message } }));
  expect(await warehouse.statement('s1')).toEqual({ id: 's1', state, error: message });
});
