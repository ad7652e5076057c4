import {
  DeleteItemCommand,
  DescribeTimeToLiveCommand,
  QueryCommand,
  UpdateItemCommand,
  UpdateTimeToLiveCommand,
} from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { itemsTable, type LaptopTables, startTables } from './laptop-tables.ts';

const now = Date.UTC(2026, 5, 1) / 1_000;
const expiring = { ...itemsTable, expiresBy: 'expires' };
const at = (seconds: number | string) => ({ expires: { N: String(seconds) } });

let tables: LaptopTables;
beforeEach(async () => {
  tables = await startTables([expiring]);
  // The first round after a change of the setting looks at older items.
  await round();
});
afterEach(() => tables.close());

/** One round of the worker; returns its number of steps. */
const round = async (seconds = now): Promise<number> => {
  let steps = 0;
  for await (const _ of tables.dynamo().retention.round(seconds * 1_000)) steps++;
  return steps;
};

const left = async (...keys: string[]): Promise<string[]> => {
  const found = await Promise.all(keys.map((key) => tables.has(key)));
  return keys.filter((_, index) => found[index]);
};

describe('expired items', () => {
  test.each([
    ['a second ago', at(now - 1)],
    ['as an exponent', at('17802e5')],
    ['with a fraction', at(now - 1.5)],
    ['four years ago', at(now - 4 * 366 * 86_400)],
  ])('are deleted: %s', async (_, item) => {
    await tables.put('a', item);
    expect(await left('a')).toEqual(['a']);
    await round();
    expect(await left('a')).toEqual([]);
  });

  test.each([
    ['at this second', at(now)],
    ['later', at(now + 1)],
    ['six years ago', at(now - 6 * 366 * 86_400)],
    ['as a text', { expires: { S: String(now - 1) } }],
    ['in milliseconds', at(now * 1_000)],
    ['before 1970', at(-5)],
    ['never', {}],
  ])('are not: %s', async (_, item) => {
    await tables.put('a', item);
    await round();
    expect(await left('a')).toEqual(['a']);
  });

  test('leave the indexes too', async () => {
    await tables.put('a', { ...at(now - 1), owner: { S: 'me' } });
    await round();
    const { Count } = await tables.client.send(
      new QueryCommand({
        TableName: 'items',
        IndexName: 'by_owner',
        KeyConditionExpression: '#o = :o',
        ExpressionAttributeNames: { '#o': 'owner' },
        ExpressionAttributeValues: { ':o': { S: 'me' } },
      }),
    );
    expect(Count).toBe(0);
  });

  test('stay when their time was moved, by a put or an update', async () => {
    await tables.put('put', at(now - 1));
    await tables.put('put', at(now + 100));
    await tables.put('updated', at(now - 1));
    await tables.client.send(
      new UpdateItemCommand({
        TableName: 'items',
        Key: { pk: { S: 'updated' } },
        UpdateExpression: 'SET expires = :later',
        ExpressionAttributeValues: { ':later': { N: String(now + 100) } },
      }),
    );
    await round();
    expect(await left('put', 'updated')).toEqual(['put', 'updated']);
    await round(now + 101);
    expect(await left('put', 'updated')).toEqual([]);
  });

  test('are not deleted under a write that moves their time at the same moment', async () => {
    for (let time = 0; time < 20; time++) {
      await tables.put('a', at(now - 1));
      await Promise.all([round(), tables.put('a', at(now + 100))]);
      expect(await left('a')).toEqual(['a']);
    }
  });

  test('stay when their time was moved after the worker had read its list', async () => {
    const keys = Array.from({ length: 100 }, (_, index) => `k${String(index).padStart(2, '0')}`);
    for (const key of keys) await tables.put(key, at(now - 1));
    const [last = ''] = keys.slice(-1);
    const [steps] = await Promise.all([round(), tables.put(last, at(now + 100))]);
    expect(steps).toBe(1);
    expect(await left(...keys)).toEqual([last]);
  });

  test('cost steps only when there are some', async () => {
    for (let key = 0; key < 250; key++) await tables.put(`k${key}`, at(now + key));
    expect(await round(now)).toBe(0);
    expect(await round(now + 250)).toBe(3);
    expect(await round(now + 250)).toBe(0);
  });

  test('a deleted item is forgotten', async () => {
    await tables.put('a', at(now - 1));
    await tables.client.send(new DeleteItemCommand({ TableName: 'items', Key: { pk: { S: 'a' } } }));
    expect(await round()).toBe(0);
  });
});

describe('the setting', () => {
  const describeIt = () => tables.client.send(new DescribeTimeToLiveCommand({ TableName: 'items' }));
  const update = (AttributeName: string, Enabled: boolean, TableName = 'items') =>
    tables.client.send(
      new UpdateTimeToLiveCommand({ TableName, TimeToLiveSpecification: { AttributeName, Enabled } }),
    );

  test('comes from the template, and items from before it expire too, also after a restart', async () => {
    await tables.reopen([itemsTable]);
    for (let key = 0; key < 150; key++) await tables.put(`k${key}`, at(now - 1));
    await round();
    expect(await left('k0', 'k149')).toEqual(['k0', 'k149']);
    await tables.reopen([expiring]);
    const indexing = tables.dynamo().retention.round(now * 1_000);
    await indexing.next();
    await tables.reopen([expiring]);
    await round();
    expect(await left(...Array.from({ length: 150 }, (_, key) => `k${key}`))).toEqual([]);
  });

  test('is described', async () => {
    expect((await describeIt()).TimeToLiveDescription).toEqual({
      TimeToLiveStatus: 'ENABLED',
      AttributeName: 'expires',
    });
    await tables.reopen([itemsTable]);
    expect((await describeIt()).TimeToLiveDescription).toEqual({ TimeToLiveStatus: 'DISABLED' });
  });

  test('can be changed', async () => {
    await tables.put('a', { ...at(now - 1), until: { N: String(now - 1) } });
    expect((await update('expires', false)).TimeToLiveSpecification).toEqual({
      AttributeName: 'expires',
      Enabled: false,
    });
    await round();
    expect(await left('a')).toEqual(['a']);
    await update('until', true);
    await round();
    expect(await left('a')).toEqual([]);
  });

  test.each([
    ['twice', () => update('expires', true), 'TimeToLive is already enabled'],
    [
      'for another attribute',
      () => update('other', true),
      'TimeToLive is active on a different AttributeName: current AttributeName is expires',
    ],
    [
      'off for another attribute',
      () => update('other', false),
      'TimeToLive is active on a different AttributeName: current AttributeName is expires',
    ],
    ['for no attribute', () => update('', true), /attributeName' failed to satisfy constraint: .*length/],
    ['for a missing table', () => update('a', true, 'missing'), /not found/],
  ])('cannot be set %s', async (_, set, message) => {
    await expect(set()).rejects.toThrow(message);
  });

  test('cannot be taken off twice', async () => {
    await update('expires', false);
    await expect(update('expires', false)).rejects.toThrow('TimeToLive is already disabled');
  });
});
