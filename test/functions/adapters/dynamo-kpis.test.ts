import { afterAll, afterEach, beforeAll, expect, test, vi } from 'vitest';
import { dynamoKpis } from '../../../functions/adapters/dynamo-kpis.ts';
import type { Kpis } from '../../../functions/domain/ports.ts';
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
  await kpis.put(items);
  expect(batches().map((writes) => writes.length)).toEqual([4, 3]);
  expect(await kpis.query('undone')).toEqual(items.slice(1));
});

test('says how many items DynamoDB would not take', async () => {
  vi.spyOn(Math, 'random').mockReturnValue(0);
  laptop.meddle(({ operation, body }) =>
    operation === 'BatchWriteItem'
      ? { status: 200, body: { UnprocessedItems: JSON.parse(String(body)).RequestItems } }
      : undefined,
  );
  await expect(kpis.put(itemsOf('refused', 3))).rejects.toThrow('items did not take 3 KPI items');
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
