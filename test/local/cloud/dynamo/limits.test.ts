import {
  DeleteItemCommand,
  DynamoDBClient,
  PutItemCommand,
  type ReturnValuesOnConditionCheckFailure,
  UpdateItemCommand,
} from '@aws-sdk/client-dynamodb';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { dynamoItems, type Item, type Items } from '../../../../functions/adapters/dynamo-items.ts';
import { dynamoKpis } from '../../../../functions/adapters/dynamo-kpis.ts';
import type { Kpis } from '../../../../functions/pipeline/ports.ts';
import { numberOf } from '../../../../functions/values/exact-number.ts';
import type { KpiItem } from '../../../../functions/warehouse/kpis/items.ts';
import { kpiProblem } from '../../../../functions/warehouse/kpis/limits.ts';
import type { Laptop } from '../../../functions/adapters/laptop.ts';
import { openTable, tableName } from '../../../functions/adapters/table.ts';

let laptop: Laptop;
let kpis: Kpis;
let items: Items;
beforeAll(async () => {
  laptop = await openTable();
  kpis = dynamoKpis(tableName);
  items = dynamoItems(tableName);
});
afterAll(() => laptop.close());

/** The ways in which the pipeline writes an item, each through the SDK. */
const ways = {
  'the KPIs, many at once': (item: Item) => kpis.put([item]),
  'the KPIs, one by one': (item: Item) => kpis.putIfNewer({ ...item, seq: 1 }),
  'the ledger, put': (item: Item) => items.put(item),
  'the ledger, changed': ({ pk, sk, ...patch }: Item) =>
    items.update({ pk, sk }, { absent: undefined }, patch),
};

const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

/** Texts whose bytes are more than their characters: an item of so many bytes, and what its other parts leave of them. */
const ofBytes = (bytes: number, beside: Item): Item => {
  const left =
    bytes -
    4 -
    Object.entries(beside).reduce((all, [name, text]) => all + name.length + String(text).length, 0);
  return { ...beside, text: `${'é'.repeat(Math.floor(left / 2))}${left % 2 === 1 ? 'x' : ''}` };
};

const key = { pk: 'a', sk: 'b' };
// For what the ways add to an item: `seq`, the mark of the ledger, what was there before.
const room = 400;

describe.each(Object.entries(ways))('the laptop rejects what DynamoDB rejects: %s', (_, write) => {
  test.each([
    ['an item of 400 KB', ofBytes(400 * 1024 - room, key), ofBytes(400 * 1024 + 1, key)],
    [
      'a partition key of 2,048 bytes',
      { pk: 'é'.repeat(1024), sk: 'b' },
      { pk: `${'é'.repeat(1024)}x`, sk: 'b' },
    ],
    ['a sort key of 1,024 bytes', { pk: 'a', sk: '🎵'.repeat(256) }, { pk: 'a', sk: `${'🎵'.repeat(256)}x` }],
    ['a partition key', key, { pk: '', sk: 'b' }],
    ['a sort key', key, { pk: 'a', sk: '' }],
    ['32 levels', { ...key, deep: nested(32) }, { ...key, deep: nested(33) }],
  ])('more than %s', async (_what, most, more) => {
    await expect(write(most as Item)).resolves.not.toThrow();
    await expect(write(more as Item)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('numbers', () => {
  const put = (N: string) =>
    new DynamoDBClient({}).send(
      new PutItemCommand({ TableName: tableName, Item: { pk: { S: 'n' }, sk: { S: 'n' }, n: { N } } }),
    );

  test.each([
    ['1'.repeat(38), '1'.repeat(39)],
    [`-0.${'1'.repeat(38)}`, `-0.${'1'.repeat(39)}`],
    ['9e125', '1e126'],
    ['1e-130', '9e-131'],
    ['0', 'NaN'],
  ])('takes %s and rejects %s', async (good, bad) => {
    await put(good);
    await expect(put(bad)).rejects.toMatchObject({ name: 'ValidationException' });
  });
});

describe('a write whose condition fails shows the item if it is asked to', () => {
  const Key = { pk: { S: 'shown' }, sk: { S: 'x' } };
  const Item = { ...Key, n: { N: '1' } };
  const condition = (ReturnValuesOnConditionCheckFailure?: ReturnValuesOnConditionCheckFailure) => ({
    TableName: tableName,
    ConditionExpression: 'n = :n',
    ExpressionAttributeValues: { ':n': { N: '2' } },
    ReturnValuesOnConditionCheckFailure,
  });
  type Condition = ReturnType<typeof condition>;
  const client = new DynamoDBClient({});

  test.each<[string, (condition: Condition) => Promise<unknown>]>([
    ['put', (given) => client.send(new PutItemCommand({ ...given, Item }))],
    [
      'update',
      (given) => client.send(new UpdateItemCommand({ ...given, Key, UpdateExpression: 'SET n = :n' })),
    ],
    ['delete', (given) => client.send(new DeleteItemCommand({ ...given, Key }))],
  ])('%s', async (_, write) => {
    await client.send(new PutItemCommand({ TableName: tableName, Item }));
    const failed = { name: 'ConditionalCheckFailedException' };
    await expect(write(condition('ALL_OLD'))).rejects.toMatchObject({ ...failed, Item });
    for (const choice of ['NONE', undefined] as const)
      await expect(write(condition(choice))).rejects.toMatchObject({ ...failed, Item: undefined });
    await expect(write(condition('ALL_NEW' as 'NONE'))).rejects.toMatchObject({
      name: 'ValidationException',
    });
    await client.send(new DeleteItemCommand({ TableName: tableName, Key }));
    await expect(write(condition('ALL_OLD'))).rejects.toMatchObject({ ...failed, Item: undefined });
  });
});

test('takes what the publication takes for writable, and little of what it does not', async () => {
  const text = fc.string({ unit: 'binary', maxLength: 20 }).map((one) => Buffer.from(one).toString());
  const number = fc
    .tuple(fc.bigInt({ min: -(10n ** 40n), max: 10n ** 40n }), fc.integer({ min: -170, max: 130 }))
    .map(([digits, power]) => numberOf(`${digits}e${power}`));
  const value = fc.oneof(text, number, fc.boolean(), fc.constant(null), fc.integer().map(nestedBy));
  const item = fc.record({
    pk: fc.oneof(
      text,
      fc.integer({ min: 2040, max: 2056 }).map((bytes) => 'p'.repeat(bytes)),
    ),
    sk: fc.oneof(
      text,
      fc.integer({ min: 340, max: 344 }).map((length) => '漢'.repeat(length)),
    ),
    a: fc.oneof(value, fc.array(value), fc.dictionary(text, value)),
    b: fc.oneof(
      value,
      fc.integer({ min: 204_700, max: 204_800 }).map((length) => 'é'.repeat(length)),
    ),
  });
  const isTaken = (one: KpiItem): Promise<boolean> =>
    kpis.put([one]).then(
      () => true,
      () => false,
    );
  await fc.assert(
    fc.asyncProperty(item, async (one) => {
      const problem = kpiProblem(one);
      const isKept = await isTaken(one);
      if (problem === undefined) expect(isKept).toBe(true);
      else if (!problem.includes('the item has')) expect([problem, isKept]).toEqual([problem, false]);
    }),
    { numRuns: Number(process.env.EXACT_RUNS ?? 20) },
  );
}, 120_000);

const nestedBy = (seed: number): unknown => nested(Math.abs(seed) % 40);
