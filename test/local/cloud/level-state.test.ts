import { existsSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { convertLevel } from '../../../local/cloud/level-state.ts';
import { entriesOf, openStores, type Stores } from './store/stores.ts';

const dynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
const { ClassicLevel } = createRequire(dynalite.resolve('level'))('classic-level');

let stores: Stores;
let level: string;
beforeEach(async () => {
  stores = openStores();
  level = join(stores.folder, 'index');
  const db = new ClassicLevel(level, { valueEncoding: 'json' });
  const entries = Array.from({ length: 1_200 }, (_, at) => [`key ${String(at).padStart(4, '0')}`, { at }]);
  await db.batch(entries.map(([key, value]) => ({ type: 'put', key, value })));
  await db.del('key 0007');
  await db.close();
});
afterEach(() => stores.remove());

test('the entries of a folder of LevelDB are copied once, and the folder is renamed', async () => {
  const store = stores.open();
  await convertLevel(level, store);
  const entries = entriesOf(store);
  expect(entries).toHaveLength(1_199);
  expect(entries.slice(6, 8)).toEqual([
    ['key 0006', '{"at":6}'],
    ['key 0008', '{"at":8}'],
  ]);
  expect([existsSync(level), existsSync(`${level}.old`)]).toEqual([false, true]);
  await convertLevel(level, store);
  renameSync(`${level}.old`, level);
  await convertLevel(level, store);
  expect(entriesOf(store)).toEqual(entries);
  store.check();
});
