import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import {
  GetItemCommand,
  QueryCommand,
  ScanCommand,
  TransactGetItemsCommand,
  type TransactionCanceledException,
  type TransactWriteItem,
  TransactWriteItemsCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { counterTables } from './counter-tables.ts';
import { itemsTable, type LaptopTables, startTables } from './laptop-tables.ts';

const other = { ...itemsTable, name: 'other' };
const TableName = 'items';
const key = (pk: string) => ({ pk: { S: pk } });

let now: number;
let clock = (): number => now;
let tables: LaptopTables;
beforeEach(async () => {
  now = Date.UTC(2026, 0, 1);
  tables = await startTables([{ ...itemsTable, expiresBy: 'expires' }, other], { now: () => clock() });
});
afterEach(() => tables.close());

const write = (TransactItems: TransactWriteItem[], more: object = {}) =>
  tables.client.send(new TransactWriteItemsCommand({ TransactItems, ...more }));

const get = async (pk: string, table = TableName) => {
  const { Item } = await tables.client.send(new GetItemCommand({ TableName: table, Key: key(pk) }));
  return Item;
};

const canceledBy = async (sent: Promise<unknown>) => {
  const error: unknown = await sent.catch((cause: unknown) => cause);
  const { name, message, CancellationReasons = [] } = error as TransactionCanceledException;
  expect(name).toBe('TransactionCanceledException');
  expect(message).toBe(
    `Transaction cancelled, please refer cancellation reasons for specific reasons [${CancellationReasons.map(({ Code }) => Code).join(', ')}]`,
  );
  return CancellationReasons;
};

const put = (pk: string, item = {}, more = {}): TransactWriteItem => ({
  Put: { TableName, Item: { ...key(pk), ...item }, ...more },
});
const increment = (pk: string, more = {}): TransactWriteItem => ({
  Update: {
    TableName,
    Key: key(pk),
    UpdateExpression: 'SET #n = #n + :one',
    ExpressionAttributeNames: { '#n': 'n' },
    ExpressionAttributeValues: { ':one': { N: '1' } },
    ...more,
  },
});
const isThere = { ConditionExpression: 'attribute_exists(pk)' };

test('an error of this machine is told, and writes nothing', async () => {
  const [usual, error] = [clock, new Error('there is no time')];
  clock = () => {
    throw error;
  };
  await expect(write([put('new')])).rejects.toMatchObject({ $metadata: { httpStatusCode: 500 } });
  clock = usual;
  expect(tables.errors).toEqual([error]);
  expect(await get('new')).toBeUndefined();
});

describe('a transaction that writes', () => {
  test('does all of its actions, in several tables and their indexes', async () => {
    await tables.put('updated', { n: { N: '1' } });
    await tables.put('deleted');
    await tables.put('checked');
    await write([
      put('new', { owner: { S: 'me' } }),
      increment('updated', isThere),
      { Delete: { TableName, Key: key('deleted'), ...isThere } },
      { ConditionCheck: { TableName, Key: key('checked'), ...isThere } },
      { Put: { TableName: 'other', Item: key('new') } },
    ]);
    expect(await get('updated')).toEqual({ ...key('updated'), n: { N: '2' } });
    expect(await get('deleted')).toBeUndefined();
    expect(await get('new', 'other')).toEqual(key('new'));
    const { Items } = await tables.client.send(
      new QueryCommand({
        TableName,
        IndexName: 'by_owner',
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': { S: 'me' } },
      }),
    );
    expect(Items).toEqual([{ ...key('new'), owner: { S: 'me' } }]);
  });

  test('does nothing if a condition fails, and gives each reason', async () => {
    await tables.put('old', { n: { N: '7' } });
    const missing = { ConditionExpression: 'attribute_not_exists(pk)' };
    const reasons = await canceledBy(
      write([
        put('new'),
        put('old', {}, { ...missing, ReturnValuesOnConditionCheckFailure: 'ALL_OLD' }),
        { ConditionCheck: { TableName, Key: key('absent'), ...isThere } },
      ]),
    );
    const failed = { Code: 'ConditionalCheckFailed', Message: 'The conditional request failed' };
    expect(reasons).toEqual([
      { Code: 'None' },
      { ...failed, Item: { ...key('old'), n: { N: '7' } } },
      failed,
    ]);
    expect(await get('new')).toBeUndefined();
  });

  test('names the first action that its table does not allow, and checks no condition then', async () => {
    const reasons = await canceledBy(
      write([
        put('a', {}, isThere),
        { Put: { TableName, Item: { pk: { N: '7' } } } },
        { Put: { TableName, Item: { pk: { N: '8' } } } },
      ]),
    );
    expect(reasons.map(({ Code }) => Code)).toEqual(['None', 'ValidationError', 'None']);
    expect(reasons[1]?.Message).toMatch(/Type mismatch for key pk expected: S actual: N/);
  });

  test('is canceled for an update that its item does not allow', async () => {
    await tables.put('a', { n: { S: 'text' } });
    const [reason] = await canceledBy(write([increment('a'), put('b')]));
    expect(reason).toEqual({
      Code: 'ValidationError',
      Message: 'An operand in the update expression has an incorrect data type',
    });
    expect(await get('b')).toBeUndefined();
  });

  test('lets its items expire', async () => {
    const round = async () => {
      for await (const _ of tables.dynamo().retention.round(now));
    };
    await round();
    await write([put('a', { expires: { N: String(now / 1_000 - 1) } })]);
    await round();
    expect(await get('a')).toBeUndefined();
  });

  test.each([
    ['nothing', [], /transactItems' failed to satisfy constraint: .*greater than or equal to 1/],
    [
      '101 actions',
      Array.from({ length: 101 }, (_, index) => put(`k${index}`)),
      /transactItems' failed to satisfy constraint: .*less than or equal to 100/,
    ],
    [
      'two actions on one item',
      [put('a'), { Delete: { TableName, Key: key('a') } }],
      'Transaction request cannot include multiple operations on one item',
    ],
    [
      'two actions in one',
      [{ ...put('a'), Delete: { TableName, Key: key('b') } }],
      'TransactItems can only contain one of Check, Put, Update or Delete',
    ],
    ['a check of nothing', [{ ConditionCheck: { TableName, Key: key('a') } }], /conditionExpression/],
    ['a value that is missing', [put('a', {}, { ConditionExpression: 'n = :xyz' })], /:xyz/],
    [
      'a value that nobody uses',
      [put('a', {}, { ...isThere, ExpressionAttributeValues: { ':xyz': { N: '1' } } })],
      /unused in expressions: keys: \{:xyz\}/,
    ],
    ['an expression that is none', [put('a', {}, { ConditionExpression: 'a b' })], /Syntax error/],
    ['a table that is missing', [{ Delete: { TableName: 'nowhere', Key: key('a') } }], /not found/],
    [
      '5 MB',
      Array.from({ length: 50 }, (_, index) => put(`k${index}`, { text: { S: 'x'.repeat(100_000) } })),
      /size cannot exceed/,
    ],
  ])('is rejected with %s', async (_, actions, message) => {
    await expect(write(actions as TransactWriteItem[])).rejects.toThrow(message);
  });

  test('says what it consumed', async () => {
    const { ConsumedCapacity } = await write([put('a'), put('b')], { ReturnConsumedCapacity: 'TOTAL' });
    expect(ConsumedCapacity).toEqual([{ TableName, CapacityUnits: 4, WriteCapacityUnits: 4 }]);
  });
});

describe('the token of a transaction', () => {
  const token = { ClientRequestToken: 'token' };
  beforeEach(() => tables.put('a', { n: { N: '0' } }));
  const count = async () => Number((await get('a'))?.n?.N);

  test.each(['token', 'żeton 🎟'])(
    'lets it be done once in ten minutes, also after a restart and at the same time: %s',
    async (named) => {
      const token = { ClientRequestToken: named };
      await Promise.all([write([increment('a')], token), write([increment('a')], token)]);
      expect(await count()).toBe(1);
      now += 9 * 60_000;
      await tables.reopen([itemsTable, other]);
      await write([increment('a')], token);
      expect(await count()).toBe(1);
      now += 60_000;
      await write([increment('a')], token);
      expect(await count()).toBe(2);
    },
  );

  test('is rejected with another transaction', async () => {
    await write([increment('a')], token);
    await expect(write([put('b')], token)).rejects.toMatchObject({
      name: 'IdempotentParameterMismatchException',
    });
  });

  test('counts only if the transaction was done', async () => {
    const failing = [increment('a', { ConditionExpression: 'attribute_not_exists(#n)' })];
    await canceledBy(write(failing, token));
    await canceledBy(write(failing, token));
  });

  test('has at most 36 characters', async () => {
    await expect(write([put('b')], { ClientRequestToken: 'x'.repeat(37) })).rejects.toThrow(
      /clientRequestToken/,
    );
  });
});

describe('a transaction that reads', () => {
  const read = (items: object[], more = {}) =>
    tables.client.send(
      new TransactGetItemsCommand({
        TransactItems: items.map((item) => ({ Get: { TableName, ...item } }) as never),
        ...more,
      }),
    );

  test('gives items in the order of the request, or nothing for a missing one', async () => {
    await tables.put('a', { n: { N: '1' }, entries: { L: [{ S: 'x' }, { S: 'y' }] } });
    const { Responses } = await read([
      { Key: key('missing') },
      {
        Key: key('a'),
        ProjectionExpression: '#n, entries[1]',
        ExpressionAttributeNames: { '#n': 'n' },
      },
      { Key: key('missing'), TableName: 'other' },
    ]);
    expect(Responses).toEqual([{}, { Item: { n: { N: '1' }, entries: { L: [{ S: 'y' }] } } }, {}]);
  });

  test('is canceled for a key that is none', async () => {
    const reasons = await canceledBy(read([{ Key: key('a') }, { Key: { other: { S: 'a' } } }]));
    expect(reasons.map(({ Code }) => Code)).toEqual(['None', 'ValidationError']);
  });
});

test('writes and reads at the same time see all of a transaction or nothing, and none is lost', async () => {
  const pair = ['a', 'b'];
  await write(pair.map((pk) => put(pk, { n: { N: '0' } })));
  const read = async () => {
    const { Responses = [] } = await tables.client.send(
      new TransactGetItemsCommand({
        TransactItems: pair.map((pk) => ({ Get: { TableName, Key: key(pk) } })),
      }),
    );
    const [one, two] = Responses.map(({ Item }) => Item?.n?.N);
    expect(one).toBe(two);
  };
  const alone = (pk: string) =>
    tables.client.send(new UpdateItemCommand(increment(pk).Update as never)).then(() => undefined);
  const transactions = Array.from({ length: 40 }, (_, index) =>
    write(index % 2 === 0 ? [increment('a'), increment('b')] : [increment('b'), increment('a')]),
  );
  await Promise.all([...transactions, ...Array.from({ length: 20 }, read)]);
  await Promise.all([alone('a'), write([increment('a'), increment('b')]), alone('b')]);
  expect((await get('a'))?.n).toEqual({ N: '42' });
  expect((await get('b'))?.n).toEqual({ N: '42' });
});

test('a process that is killed leaves all of a transaction or nothing, and all that was answered', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'killed-'));
  for (let round = 0; round < 3; round++) {
    const script = join(import.meta.dirname, 'endless-transactions.ts');
    const child = spawn(process.execPath, ['--import', 'tsx', script, folder], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    child.stdout.on('data', (chunk) => {
      told += String(chunk);
    });
    while (!told.includes('ready\n1\n')) await pause(5);
    await pause(30 + 41 * round);
    child.kill('SIGKILL');
    await once(child, 'exit');

    const left = await startTables(counterTables, { folder });
    const scans = counterTables.flatMap(({ name }) => [
      { TableName: name },
      { TableName: name, IndexName: 'by_owner' },
    ]);
    const found = await Promise.all(scans.map((scan) => left.client.send(new ScanCommand(scan))));
    const [first] = found.map(({ Items }) => Items);
    for (const { Items } of found) expect(Items).toEqual(first);
    const last = Number(told.trim().split('\n').at(-1));
    expect(Number(first?.[0]?.number?.N)).toBeGreaterThanOrEqual(last);
    await left.close();
  }
  await rm(folder, { recursive: true });
});
