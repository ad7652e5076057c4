import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { dynamoItems, type Items } from '../../../functions/adapters/dynamo-items.ts';
import type { Laptop } from './laptop.ts';
import { openTable, tableName } from './table.ts';

let laptop: Laptop;
let items: Items;
beforeAll(async () => {
  laptop = await openTable();
  items = dynamoItems(tableName);
});
afterEach(() => {
  vi.restoreAllMocks();
  laptop.rest();
});
afterAll(() => laptop.close());

const sent = (operation: string) => laptop.seen.filter((one) => one.operation === operation);

const throttled = {
  status: 400,
  body: {
    __type: 'com.amazonaws.dynamodb.v20120810#ProvisionedThroughputExceededException',
    message: 'too much',
  },
};

describe('reading', () => {
  test('gives back what was put, without what was undefined', async () => {
    const item = { pk: 'read', sk: 'a', text: 'ü', number: 0.1, list: [{ isIn: true }], none: undefined };
    await items.put(item);
    const { none: _, ...stored } = item;
    expect(await items.get({ pk: 'read', sk: 'a' })).toStrictEqual(stored);
    expect(await items.get({ pk: 'read', sk: 'b' })).toBeUndefined();
  });

  test('pages through a partition of more than a megabyte, in order, consistently', async () => {
    const text = 'x'.repeat(300_000);
    const names = ['a', 'b', 'c', 'd', 'e'];
    for (const sk of [...names].reverse()) await items.put({ pk: 'long', sk, text });
    await items.put({ pk: 'longer', sk: 'z' });
    laptop.rest();
    expect((await items.query('long')).map(({ sk }) => sk)).toEqual(names);
    expect(sent('Query').length).toBeGreaterThan(1);
    for (const { body } of sent('Query')) expect(JSON.parse(String(body)).ConsistentRead).toBe(true);
  });

  test('gets more than a hundred items at once, and leaves out what is not there', async () => {
    const keys = Array.from({ length: 130 }, (_, number) => ({ pk: `many-${number}`, sk: 's' }));
    await Promise.all(keys.slice(0, 125).map((key) => items.put(key)));
    laptop.rest();
    const found = await items.getAll(keys);
    expect(found.map(({ pk }) => pk).sort()).toEqual(
      keys
        .slice(0, 125)
        .map(({ pk }) => pk)
        .sort(),
    );
    expect(sent('BatchGetItem')).toHaveLength(2);
    expect(await items.getAll([])).toEqual([]);
  });

  test('asks again for keys that were left unprocessed', async () => {
    await items.put({ pk: 'left', sk: 'a' });
    await items.put({ pk: 'left', sk: 'b' });
    laptop.once('BatchGetItem', ({ body }) => ({
      status: 200,
      body: { Responses: { [tableName]: [] }, UnprocessedKeys: JSON.parse(String(body)).RequestItems },
    }));
    const found = await items.getAll([
      { pk: 'left', sk: 'a' },
      { pk: 'left', sk: 'b' },
    ]);
    expect(found.map(({ sk }) => sk).sort()).toEqual(['a', 'b']);
    expect(sent('BatchGetItem')).toHaveLength(2);
  });

  test('gives up when keys are left unprocessed for ever', async () => {
    vi.spyOn(Math, 'random').mockReturnValue(0);
    laptop.meddle(({ operation, body }) =>
      operation === 'BatchGetItem'
        ? { status: 200, body: { Responses: {}, UnprocessedKeys: JSON.parse(String(body)).RequestItems } }
        : undefined,
    );
    await expect(items.getAll([{ pk: 'left', sk: 'a' }])).rejects.toThrow('items did not return 1 items');
  });
});

describe('putting what is new', () => {
  test('puts once', async () => {
    expect(await items.putNew({ pk: 'new', sk: 'a', by: 'first' })).toBe(true);
    expect(await items.putNew({ pk: 'new', sk: 'a', by: 'second' })).toBe(false);
    expect(await items.get({ pk: 'new', sk: 'a' })).toMatchObject({ by: 'first' });
  });

  test('lets one of many at once win', async () => {
    const tries = Array.from({ length: 10 }, (_, by) => items.putNew({ pk: 'race', sk: 'a', by }));
    const won = (await Promise.all(tries)).flatMap((isWon, by) => (isWon ? [by] : []));
    expect(won).toHaveLength(1);
    expect(await items.get({ pk: 'race', sk: 'a' })).toMatchObject({ by: won[0] });
  });

  test('knows its own write again when the answer was lost', async () => {
    laptop.once('PutItem', () => 'lost');
    expect(await items.putNew({ pk: 'new', sk: 'lost' })).toBe(true);
    expect(sent('PutItem')).toHaveLength(2);
    laptop.once('PutItem', () => 'lost');
    expect(await items.putNew({ pk: 'new', sk: 'lost' })).toBe(false);
  });
});

describe('updating', () => {
  const key = { pk: 'update', sk: 'a' };

  test('writes where the item is as expected, and nowhere else', async () => {
    await items.put({ ...key, state: 'open', rev: 1, holder: 'me', kept: 7 });
    expect(await items.update(key, { rev: 2 }, { rev: 3 })).toBe(false);
    expect(await items.update(key, { rev: 1, holder: undefined }, { rev: 2 })).toBe(false);
    expect(await items.update(key, { rev: 1, state: 'open' }, { rev: 2, holder: undefined })).toBe(true);
    const { mark, ...item } = { mark: undefined, ...(await items.get(key)) };
    expect(item).toStrictEqual({ ...key, state: 'open', rev: 2, kept: 7 });
    expect(mark).toEqual(expect.any(String));
  });

  test('makes an item of which nothing is expected', async () => {
    const absent = { pk: 'update', sk: 'absent' };
    expect(await items.update(absent, { fence: undefined }, { fence: 1 })).toBe(true);
    expect(await items.update(absent, { fence: undefined }, { fence: 2 })).toBe(false);
    expect(await items.get(absent)).toMatchObject({ fence: 1 });
  });

  test('lets one of many at once win', async () => {
    const raced = { pk: 'update', sk: 'race' };
    await items.put({ ...raced, rev: 1 });
    const tries = Array.from({ length: 10 }, (_, by) => items.update(raced, { rev: 1 }, { rev: 2, by }));
    expect((await Promise.all(tries)).filter(Boolean)).toHaveLength(1);
  });

  test('knows its own write again when the answer was lost, and not another one’s', async () => {
    const lost = { pk: 'update', sk: 'lost' };
    await items.put({ ...lost, rev: 1 });
    laptop.once('UpdateItem', () => 'lost');
    expect(await items.update(lost, { rev: 1 }, { rev: 2 })).toBe(true);
    laptop.once('UpdateItem', () => 'lost');
    expect(await items.update(lost, { rev: 1 }, { rev: 2 })).toBe(false);
  });

  test('does it again after it was throttled', async () => {
    const slow = { pk: 'update', sk: 'slow' };
    await items.put({ ...slow, rev: 1 });
    laptop.once('UpdateItem', () => throttled);
    expect(await items.update(slow, { rev: 1 }, { rev: 2 })).toBe(true);
  });
});

test('throws what is no lost race', async () => {
  const nowhere = dynamoItems('nowhere');
  await expect(nowhere.putNew({ pk: 'a', sk: 'a' })).rejects.toThrow(/Requested resource not found/);
  await expect(nowhere.update({ pk: 'a', sk: 'a' }, { rev: 1 }, { rev: 2 })).rejects.toThrow(/not found/);
});

test('removes an item, also one that is not there', async () => {
  await items.put({ pk: 'removed', sk: 'a' });
  await items.remove({ pk: 'removed', sk: 'a' });
  await items.remove({ pk: 'removed', sk: 'a' });
  expect(await items.get({ pk: 'removed', sk: 'a' })).toBeUndefined();
});
