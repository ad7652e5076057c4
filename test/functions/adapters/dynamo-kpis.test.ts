import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { DynamoDBDocumentClient, GetCommand } from '@aws-sdk/lib-dynamodb';
import fc from 'fast-check';
import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { dynamoKpis } from '../../../functions/adapters/dynamo-kpis.ts';
import type { Kpis } from '../../../functions/pipeline/ports.ts';
import { ExactNumber, numberOf } from '../../../functions/values/exact-number.ts';
import { shapeItems } from '../../../functions/warehouse/kpis/items.ts';
import { rowReader } from '../../../functions/warehouse/kpis/rows.ts';
import type { KpiShape } from '../../../functions/warehouse/model.ts';
import type { Laptop, Seen } from './laptop.ts';
import { openTable, tableName } from './table.ts';

let laptop: Laptop;
let kpis: Kpis;
beforeAll(async () => {
  laptop = await openTable();
  kpis = dynamoKpis(tableName);
});
afterEach(() => {
  vi.restoreAllMocks();
  laptop.rest();
});
afterAll(() => laptop.close());

const writesOf = ({ body }: Seen): unknown[] => JSON.parse(String(body)).RequestItems[tableName];
const batches = () => laptop.seen.filter(({ operation }) => operation === 'BatchWriteItem').map(writesOf);

/** Items of one partition, their sort keys in order. */
const itemsOf = (pk: string, count: number) =>
  Array.from({ length: count }, (_, number) => ({
    pk,
    sk: String(number).padStart(4, '0'),
    listens: number,
  }));

test('puts, reads and removes more items than one request takes', async () => {
  const items = itemsOf('many', 110);
  await kpis.put(items);
  expect(batches().map((writes) => writes.length)).toEqual([25, 25, 25, 25, 10]);
  expect(await kpis.query('many')).toEqual(items);
  expect(await kpis.get('many', '0042')).toEqual({ pk: 'many', sk: '0042', listens: 42 });
  await kpis.remove(items.slice(0, 60));
  expect(await kpis.query('many')).toEqual(items.slice(60));
  expect(await kpis.get('many', '0042')).toBeUndefined();
});

test('keeps every digit on the way from an unloaded text to the table and back', async () => {
  const int64 = fc.oneof(
    fc.bigInt({ min: -(2n ** 63n), max: 2n ** 63n - 1n }),
    fc.bigInt({ min: 2n ** 53n - 3n, max: 2n ** 53n + 3n }),
    fc.constantFrom(-(2n ** 63n), 2n ** 63n - 1n, 0n),
  );
  const decimal = fc
    .tuple(fc.bigInt({ min: -(10n ** 38n) + 1n, max: 10n ** 38n - 1n }), fc.integer({ min: 1, max: 37 }))
    .map(([units, scale]) => {
      const digits = String(units < 0n ? -units : units).padStart(scale + 1, '0');
      return `${units < 0n ? '-' : ''}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
    });
  const double = fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e100, max: 1e100 });
  const row = fc.record({
    id: int64,
    amount: decimal,
    ratio: double.filter((value) => value === 0 || Math.abs(value) > 1e-100),
  });
  const shape: KpiShape = { pk: 'EXACT#{id}', sk: 'S#{amount}', publish: 'versioned', lists: [], omit: [] };
  const stamp = { rebuild: 'r', seq: 1, as_of: '' };
  const rows = fc.uniqueArray(row, { minLength: 20, maxLength: 20, selector: ({ id }) => String(id) });
  await fc.assert(
    fc.asyncProperty(rows, async (given) => {
      const lines = given.map(
        ({ id, amount, ratio }) =>
          `{"id":${id},"amount":${amount},"same":${id},"more":[${amount}],"ratio":${ratio}}`,
      );
      const read = lines.map(rowReader([])).filter((row) => row !== null);
      const shaped = shapeItems(new Map([['exact', read]]), 'exact', shape, stamp);
      await kpis.put(shaped.map(({ item }) => item));
      for (const [index, { id, amount, ratio }] of given.entries()) {
        const [item, ...others] = await kpis.query(`EXACT#${id}`);
        expect(item).toEqual(shaped[index]?.item);
        expect(others).toEqual([]);
        expect(String(item?.same)).toBe(String(id));
        expect(item?.sk).toBe(`S#${numberOf(amount)}`);
        expect(String(item?.more)).toBe(String(numberOf(amount)));
        expect(Number(item?.ratio) === ratio).toBe(true);
      }
      await kpis.remove(shaped.map(({ item }) => item));
    }),
    { numRuns: Number(process.env.EXACT_RUNS ?? 3) },
  );
}, 600_000);

test('gives an app plain numbers below 2^53, and the usual kind of larger ones', async () => {
  const largest = new ExactNumber('9223372036854775807');
  await kpis.put([{ pk: 'app', sk: 'a', listens: 3, average: 0.25, huge: largest }]);
  const app = DynamoDBDocumentClient.from(new DynamoDBClient());
  const { Item } = await app.send(new GetCommand({ TableName: tableName, Key: { pk: 'app', sk: 'a' } }));
  expect(Item).toEqual({ pk: 'app', sk: 'a', listens: 3, average: 0.25, huge: 9223372036854775807n });
});

test('sends again what was left undone, with all its digits', async () => {
  const exact = new ExactNumber('12345678901234567890.5');
  laptop.once('BatchWriteItem', ({ body }) => ({
    status: 200,
    body: { UnprocessedItems: JSON.parse(String(body)).RequestItems },
  }));
  await kpis.put([{ pk: 'again', sk: 'a', exact }]);
  expect(await kpis.get('again', 'a')).toEqual({ pk: 'again', sk: 'a', exact });
});

test('keeps requests of large items below what DynamoDB takes at once', async () => {
  const text = '\u0001'.repeat(400_000);
  const items = itemsOf('large', 7).map((item) => ({ ...item, text }));
  await kpis.put(items);
  expect((await kpis.query('large')).length).toBe(7);
  const bytes = laptop.seen
    .filter(({ operation }) => operation === 'BatchWriteItem')
    .map(({ body }) => body.length);
  expect(Math.max(...bytes)).toBeLessThan(16 * 1024 * 1024);
});

test('takes an item away where it is older, and no other', async () => {
  const item = { pk: 'older', sk: 'a' };
  await kpis.put([{ ...item, seq: 2 }]);
  await kpis.removeIfOlder({ ...item, seq: 2 });
  expect(await kpis.get('older', 'a')).toMatchObject({ seq: 2 });
  await kpis.removeIfOlder({ ...item, seq: 3 });
  expect(await kpis.get('older', 'a')).toBeUndefined();
  await kpis.removeIfOlder({ ...item, seq: 3 });
});

test('replaces items whole', async () => {
  await kpis.put([{ pk: 'whole', sk: 'a', listens: 1, genre: 'anime' }]);
  await kpis.put([{ pk: 'whole', sk: 'a', listens: 2 }]);
  expect(await kpis.get('whole', 'a')).toStrictEqual({ pk: 'whole', sk: 'a', listens: 2 });
});

test('pages through a partition of more than a megabyte', async () => {
  const text = 'x'.repeat(300_000);
  const items = itemsOf('long', 5).map((item) => ({ ...item, text }));
  await kpis.put(items);
  expect((await kpis.query('long')).map(({ sk }) => sk)).toEqual(items.map(({ sk }) => sk));
  expect(laptop.seen.filter(({ operation }) => operation === 'Query').length).toBeGreaterThan(1);
});

test('sends again what DynamoDB leaves undone, and that alone', async () => {
  const items = itemsOf('undone', 4);
  laptop.once('BatchWriteItem', (seen) => ({
    status: 200,
    body: { UnprocessedItems: { [tableName]: writesOf(seen).slice(1) } },
  }));
  expect(await kpis.put(items)).toBe(true);
  expect(batches().map((writes) => writes.length)).toEqual([4, 3]);
  expect(await kpis.query('undone')).toEqual(items.slice(1));
});

test('says when a request was sent twice, so that the first one may arrive later', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  laptop.once('BatchWriteItem', () => ({ status: 500, body: { __type: 'InternalServerError' } }));
  expect(await kpis.put(itemsOf('twice', 2))).toBe(false);
  expect(await kpis.put(itemsOf('twice', 2))).toBe(true);
  laptop.once('BatchWriteItem', () => ({ status: 500, body: { __type: 'InternalServerError' } }));
  expect(await kpis.remove(itemsOf('twice', 2))).toBe(false);
});

test('says how many items DynamoDB would not take', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  laptop.meddle(({ operation, body }) =>
    operation === 'BatchWriteItem'
      ? { status: 200, body: { UnprocessedItems: JSON.parse(String(body)).RequestItems } }
      : undefined,
  );
  await expect(kpis.put(itemsOf('rejected', 3))).rejects.toThrow('items did not store 3 KPI items');
});

test('moves a pointer forward only', async () => {
  const pointer = { pk: 'DAY#2024-06-25', sk: 'CURRENT' };
  expect(await kpis.putIfNewer({ ...pointer, seq: 2, listens: 7 })).toBe(true);
  expect(await kpis.putIfNewer({ ...pointer, seq: 1, listens: 5 })).toBe(false);
  expect(await kpis.putIfNewer({ ...pointer, seq: 2, listens: 6 })).toBe(false);
  expect(await kpis.get(pointer.pk, pointer.sk)).toEqual({ ...pointer, seq: 2, listens: 7 });
  expect(await kpis.putIfNewer({ ...pointer, seq: 10, listens: 8 })).toBe(true);
});

test('leaves the newest of many pointers at once', async () => {
  const pointer = { pk: 'DAY#2024-06-26', sk: 'CURRENT' };
  await Promise.all([4, 1, 7, 3, 6].map((seq) => kpis.putIfNewer({ ...pointer, seq })));
  expect(await kpis.get(pointer.pk, pointer.sk)).toMatchObject({ seq: 7 });
});

test('throws what is no lost race', async () => {
  const nowhere = dynamoKpis('nowhere');
  await expect(nowhere.putIfNewer({ pk: 'a', sk: 'b', seq: 1 })).rejects.toThrow(/not found/);
  await expect(nowhere.put(itemsOf('a', 1))).rejects.toThrow(/not found/);
});
