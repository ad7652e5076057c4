import {
  BatchGetItemCommand,
  BatchWriteItemCommand,
  GetItemCommand,
  PutItemCommand,
  QueryCommand,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { itemsTable, type LaptopTables, startTables } from './laptop-tables.ts';

const TableName = 'items';
const key = (pk: string) => ({ pk: { S: pk } });
const other = { ...itemsTable, name: 'other' };

let tables: LaptopTables;
beforeAll(async () => {
  tables = await startTables([itemsTable, other]);
  await tables.put('numbers', { n: { N: '9.9e125' }, m: { M: {} } });
});
afterAll(() => tables.close());

const put = (item: object, more = {}) =>
  tables.client.send(new PutItemCommand({ TableName, Item: { ...key('a'), ...item }, ...more }));
const condition = (ConditionExpression: string, more = {}) => put({}, { ConditionExpression, ...more });
const update = (UpdateExpression: string, value: object, more = {}) =>
  tables.client.send(
    new UpdateItemCommand({
      TableName,
      Key: key('numbers'),
      UpdateExpression,
      ExpressionAttributeValues: { ':v': value as never },
      ...more,
    }),
  );
const query = (pk: string) =>
  tables.client.send(
    new QueryCommand({
      TableName,
      KeyConditionExpression: 'pk = :p',
      ExpressionAttributeValues: { ':p': { S: pk } },
    }),
  );
const batch = (counts: Readonly<Record<string, number>>) =>
  tables.client.send(
    new BatchWriteItemCommand({
      RequestItems: Object.fromEntries(
        Object.entries(counts).map(([table, count]) => [
          table,
          Array.from({ length: count }, (_, index) => ({ PutRequest: { Item: key(`k${index}`) } })),
        ]),
      ),
    }),
  );
const list = (length: number) => ({
  expression: `NOT z IN (${Array.from({ length }, (_, index) => `:v${index}`).join(', ')})`,
  values: Object.fromEntries(Array.from({ length }, (_, index) => [`:v${index}`, { N: `${index}` }])),
});
const isIn = (length: number) =>
  condition(list(length).expression, { ExpressionAttributeValues: list(length).values });
/** So many comparisons and one operator less between them; the first one is true. */
const compared = (comparisons: number) => condition(`NOT a = b${' OR a = b'.repeat(comparisons - 1)}`);
const deep = (levels: number) => JSON.parse(`${'{"L":['.repeat(levels)}{"S":"x"}${']}'.repeat(levels)}`);
const owner = { ExpressionAttributeNames: { '#o': 'owner' } };

describe.each([
  [
    'a key of an index, empty',
    () => put({ owner: { S: 'x' } }),
    () => put({ owner: { S: '' } }),
    'One or more parameter values are not valid. A value specified for a secondary index key is not supported. The AttributeValue for a key attribute cannot contain an empty string value. IndexName: by_owner, IndexKey: owner',
  ],
  [
    'a key of an index, in bytes',
    () => put({ owner: { S: 'é'.repeat(1024) } }),
    () => put({ owner: { S: `${'é'.repeat(1024)}x` } }),
    'Size of hashkey has exceeded the maximum size limit of2048 bytes',
  ],
  [
    'a key of an index that an update sets',
    () => update('SET #o = :v', { S: 'x' }, owner),
    () => update('SET #o = :v', { S: 'x'.repeat(2049) }, owner),
    'Size of hashkey has exceeded the maximum size limit of2048 bytes',
  ],
  [
    'a key of a query, in bytes',
    () => query('é'.repeat(1024)),
    () => query('é'.repeat(1025)),
    'Size of hashkey has exceeded the maximum size limit of2048 bytes',
  ],
  [
    'a key of a query, empty',
    () => query('x'),
    () => query(''),
    'cannot contain an empty string value. Key: pk',
  ],
  [
    'the name of an attribute',
    () => put({ x: { S: '' } }),
    () => put({ '': { S: 'x' } }),
    'Empty attribute name',
  ],
  [
    'the name of an attribute, in bytes',
    () => put({ ['x'.repeat(65_535)]: { S: '' } }),
    () => put({ ['x'.repeat(65_536)]: { S: '' } }),
    'must be less than 65536 bytes',
  ],
  [
    'a name in an expression',
    () => condition('NOT a = #x', { ExpressionAttributeNames: { '#x': 'pk' } }),
    () => condition('attribute_exists(#x)', { ExpressionAttributeNames: { '#x': '' } }),
    'Empty attribute name',
  ],
  [
    'a sum',
    () => update('SET x = :v', { N: '9.9e125' }),
    () => update('SET n = n + :v', { N: '9.9e125' }),
    'Number overflow. Attempting to store a number with magnitude larger than supported range',
  ],
  [
    'the digits of a sum',
    () => update('SET x = :v', { N: '1' }),
    () => update('ADD n :v', { N: '1' }),
    'Attempting to store more than 38 significant digits in a Number',
  ],
  [
    'levels that an update adds',
    () => update('SET m.a = :v', deep(31)),
    () => update('SET m.a = :v', deep(32)),
    'Nesting Levels have exceeded supported limits',
  ],
  [
    'the bytes of an expression',
    () => update(`SET${' '.repeat(4_096 - 9)}x = :v`, { N: '1' }),
    () => update(`SET${' '.repeat(4_097 - 9)}x = :v`, { N: '1' }),
    'Invalid UpdateExpression: Expression size has exceeded the maximum allowed size; expression size: 4097',
  ],
  [
    'the operators of an expression',
    () => compared(150),
    () => compared(151),
    'Invalid ConditionExpression: The expression contains too many operators; operator count: 301',
  ],
  [
    'the operands of IN',
    () => isIn(100),
    () => isIn(101),
    'Invalid ConditionExpression: The IN operator is provided with too many operands; number of operands: 101',
  ],
  [
    'writes of several tables',
    () => batch({ items: 12, other: 13 }),
    () => batch({ items: 13, other: 13 }),
    'Too many items requested for the BatchWriteItem call',
  ],
])('%s', (_, most, more, message) => {
  test('is taken up to the limit of DynamoDB and rejected beyond', async () => {
    await expect(most()).resolves.toBeDefined();
    await expect(more()).rejects.toThrow(message);
    await expect(more()).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('a batch is rejected with', () => {
  test.each([
    [
      'two writes in one',
      { PutRequest: { Item: key('a') }, DeleteRequest: { Key: key('b') } },
      /more than one datatypes/,
    ],
  ])('%s', async (_, write, message) => {
    const sent = tables.client.send(new BatchWriteItemCommand({ RequestItems: { items: [write] } }));
    await expect(sent).rejects.toThrow(message);
  });

  test('a key twice, also as another text of the same number', async () => {
    const read = new BatchGetItemCommand({ RequestItems: { items: { Keys: [key('a'), key('a')] } } });
    await expect(tables.client.send(read)).rejects.toThrow('contains duplicates');
  });
});

test('an expression of many parentheses is answered at once', async () => {
  await put({ n: { N: '1' } });
  const begun = performance.now();
  await condition(`attribute_exists(pk)${' OR (n < pk'.repeat(100)}${')'.repeat(100)}`);
  await expect(condition('('.repeat(4_000))).rejects.toThrow('Invalid ConditionExpression');
  await expect(condition(`${'('.repeat(30)}n < pk${')'.repeat(30)}`)).rejects.toThrow(
    'redundant parentheses',
  );
  await expect(
    tables.client.send(
      new GetItemCommand({ TableName, Key: key('a'), ProjectionExpression: 'a['.repeat(900) }),
    ),
  ).rejects.toThrow('Invalid ProjectionExpression');
  expect(performance.now() - begun).toBeLessThan(5_000);
});
