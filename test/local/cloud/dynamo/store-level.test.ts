import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { StoreLevel } from '../../../../local/cloud/dynamo/store-level.ts';
import { openStore } from '../../../../local/cloud/store/index.ts';

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
