import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { QueryCommand, ScanCommand } from '@aws-sdk/client-dynamodb';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { StoreLevel } from '../../../../local/cloud/dynamo/store-level.ts';
import { openStore } from '../../../../local/cloud/store/index.ts';
import { itemsTable, startTables } from './laptop-tables.ts';

let directory: string;
let level: StoreLevel;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'level-'));
  level = new StoreLevel(openStore(join(directory, 'store.db')));
  await level.batch(['a', 'b', 'c', 'd'].map((key) => ({ type: 'put', key, value: key })));
});
afterEach(async () => {
  await level.close();
  rmSync(directory, { recursive: true });
});

test('deletes a range, and no more than a limit', async () => {
  await level.clear({ gt: 'a', lt: 'd' });
  expect(await level.keys().all()).toEqual(['a', 'd']);
  await level.clear({ limit: 1 });
  expect(await level.keys().all()).toEqual(['d']);
});

test('is left without an open cursor by queries and scans, whether they reach their end or a limit', async () => {
  const closed = vi.spyOn(StoreLevel.prototype, '_iterator');
  const tables = await startTables([itemsTable]);
  try {
    for (const pk of ['a', 'b', 'c', 'd']) await tables.put(pk, { owner: { S: 'o' } });
    const open = new Set<object>();
    for (const [level] of new Map(closed.mock.contexts.map((one) => [one as StoreLevel, true])))
      watch(level, open);
    const query = {
      TableName: 'items',
      IndexName: 'by_owner',
      KeyConditionExpression: '#o = :o',
      ExpressionAttributeNames: { '#o': 'owner' },
      ExpressionAttributeValues: { ':o': { S: 'o' } },
    };
    for (const Limit of [1, 2, 10]) {
      expect((await tables.client.send(new QueryCommand({ ...query, Limit }))).Count).toBe(
        Math.min(4, Limit),
      );
      expect((await tables.client.send(new ScanCommand({ TableName: 'items', Limit }))).Count).toBe(
        Math.min(4, Limit),
      );
    }
    await vi.waitFor(() => expect(open.size).toBe(0));
    expect(watched).toBeGreaterThanOrEqual(6);
  } finally {
    await tables.close();
    closed.mockRestore();
  }
});

let watched = 0;

/** Adds cursors of a database to a set as long as they are open. */
const watch = ({ store }: StoreLevel, open: Set<object>): void => {
  const { cursor } = store;
  vi.spyOn(store, 'cursor').mockImplementation((range) => {
    const opened = cursor.call(store, range);
    open.add(opened);
    watched += 1;
    const { close } = opened;
    opened.close = () => {
      open.delete(opened);
      close.call(opened);
    };
    return opened;
  });
};
