import { DeleteItemCommand, QueryCommand, ScanCommand, UpdateItemCommand } from '@aws-sdk/client-dynamodb';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { holds } from '../../../../local/cloud/dynamo/conditions.ts';
import { itemsTable, type LaptopTables, startTables } from './laptop-tables.ts';

const TableName = 'items';
const Key = { pk: { S: 'a' } };

let tables: LaptopTables;
beforeAll(async () => {
  tables = await startTables([itemsTable]);
  await tables.put('a', {
    n: { N: '5' },
    many: { L: [{ N: '1' }, { S: 'x' }, { BOOL: true }] },
    nested: { M: { parts: { L: [{ N: '2' }] } } },
    letters: { SS: ['a', 'b'] },
    blank: { S: '' },
    late: { S: '\u{1f600}' },
    owner: { S: 'o' },
  });
});
afterAll(() => tables.close());

const values = {
  ':one': { N: '1.0' },
  ':list': { L: [{ N: '1' }, { S: 'x' }, { BOOL: true }] },
  ':map': { M: { parts: { L: [{ N: '2.0' }] } } },
  ':other': { M: { parts: { L: [{ N: '3' }] } } },
  ':letters': { SS: ['b', 'a'] },
  ':true': { BOOL: true },
  ':zero': { N: '0' },
  ':early': { S: '\uffee' },
  ':text': { S: 'x' },
};
const used = (expression: string) =>
  Object.fromEntries(Object.entries(values).filter(([name]) => expression.includes(name)));
const given = (expression: string) => {
  const ExpressionAttributeValues = used(expression);
  return Object.keys(ExpressionAttributeValues).length === 0 ? {} : { ExpressionAttributeValues };
};
const update = (ConditionExpression: string) =>
  tables.client.send(
    new UpdateItemCommand({ TableName, Key, ConditionExpression, ...given(ConditionExpression) }),
  );
const scan = (FilterExpression: string) =>
  tables.client.send(new ScanCommand({ TableName, FilterExpression, ...given(FilterExpression) }));

describe('is true in a condition and in a filter', () => {
  test.each([
    'many = :list',
    'nested = :map AND nested <> :other',
    'letters = :letters',
    'many[2] = :true AND contains(many, :true) AND contains(many, :one)',
    'nested IN (:other, :map)',
    'size(blank) = :zero',
    'late > :early',
    'no_one <> n AND no_one <> no_other',
    'NOT (no_one = no_other) AND NOT (no_one < no_other) AND NOT (no_one BETWEEN n AND n)',
    'NOT (n IN (no_one, nested.no_other, size(no_other)))',
    'NOT contains(no_one, no_other) AND NOT begins_with(no_one, no_other)',
    'NOT (n BETWEEN no_one AND n) AND NOT (n < many) AND NOT (many < nested)',
  ])('%s', async (expression) => {
    await expect(update(expression)).resolves.toBeDefined();
    expect(await scan(expression)).toMatchObject({ Count: 1, ScannedCount: 1 });
  });
});

test('a filter leaves the rest of the answer as it is', async () => {
  const answer = (more: object) =>
    tables.client.send(
      new QueryCommand({
        TableName,
        KeyConditionExpression: 'pk = :pk',
        FilterExpression: 'n <> :n',
        ExpressionAttributeValues: { ':pk': { S: 'a' }, ':n': { N: '6' } },
        ...more,
      }),
    );
  expect(
    (
      await answer({
        ProjectionExpression: 'nested.parts, #owner',
        ExpressionAttributeNames: { '#owner': 'owner' },
      })
    ).Items,
  ).toEqual([{ nested: { M: { parts: { L: [{ N: '2' }] } } }, owner: { S: 'o' } }]);
  const counted = await answer({ Select: 'COUNT', Limit: 1, ReturnConsumedCapacity: 'TOTAL' });
  expect(counted).toMatchObject({
    Count: 1,
    LastEvaluatedKey: Key,
    ConsumedCapacity: { CapacityUnits: 0.5 },
  });
  expect(counted).not.toHaveProperty('Items');
});

test('names that objects of JavaScript have are no attributes', () => {
  const exists = (path: readonly string[]) =>
    holds({ type: 'function', name: 'attribute_exists', args: [path] }, { map: { M: {} } });
  expect([exists(['map']), exists(['constructor']), exists(['map', '__proto__'])]).toEqual([
    true,
    false,
    false,
  ]);
});

describe('is rejected', () => {
  const query = {
    TableName,
    KeyConditionExpression: 'pk = :p',
    ExpressionAttributeValues: { ':p': { S: 'a' } },
  };
  const projected = { ProjectionExpression: 'n' };
  test.each([
    ['COUNT with a projection', new QueryCommand({ ...query, ...projected, Select: 'COUNT' })],
    [
      'all attributes with a projection',
      new ScanCommand({ TableName, ...projected, Select: 'ALL_ATTRIBUTES' }),
    ],
    ['specific attributes without any', new QueryCommand({ ...query, Select: 'SPECIFIC_ATTRIBUTES' })],
    ['projected attributes of a table', new ScanCommand({ TableName, Select: 'ALL_PROJECTED_ATTRIBUTES' })],
    [
      'a consistent scan of an index',
      new ScanCommand({ TableName, IndexName: 'by_owner', ConsistentRead: true }),
    ],
    [
      'a delete that answers with new values',
      new DeleteItemCommand({ TableName, Key, ReturnValues: 'ALL_NEW' }),
    ],
  ])('%s', async (_, command) => {
    await expect(tables.client.send(command as ScanCommand)).rejects.toMatchObject({
      name: 'ValidationException',
    });
  });
});
