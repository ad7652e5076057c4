import { spawnSync } from 'node:child_process';
import { statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { entriesOf, openStores, put, type Stores } from './stores.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores();
});
afterEach(() => {
  limitFiles('unlimited');
  stores.remove();
});

/** The system cuts what goes beyond this size in any file of this process, as it does when a disk is full. */
const limitFiles = (bytes: number | 'unlimited'): boolean =>
  spawnSync('prlimit', ['--pid', String(process.pid), `--fsize=${bytes}:`]).status === 0;

const canLimit = limitFiles('unlimited');
const some = (round: number) =>
  Array.from({ length: 20 }, (_, at) => put(`${round}/${at}`, 'x'.repeat(1_000)));

test.skipIf(!canLimit)('a write without space changes nothing, and works when there is space', async () => {
  const store = stores.open();
  store.write(some(0));
  let answered = 1;
  for (let space = 30_000; space < 3_000_000; space += 120_000 + (space % 7_777)) {
    limitFiles(statSync(join(stores.folder, 'entries.db-wal')).size + 5_000);
    expect(() => store.write(some(answered))).toThrow(/EFBIG/);
    await expect(store.writeSoon(some(answered))).rejects.toThrow(/EFBIG/);
    expect(store.get(Buffer.from(`${answered}/0`))).toBeUndefined();
    expect(entriesOf(store)).toHaveLength(20 * answered);
    limitFiles('unlimited');
    if (answered % 5 === 0) store.check();
    store.write(some(answered));
    answered += 1;
  }
  expect(answered).toBeGreaterThan(20);
  const next = stores.open(stores.afterDeath());
  expect(entriesOf(next)).toEqual(entriesOf(store));
  next.check();
});

test.skipIf(!canLimit)('a store that cannot move its pages when it closes has them at the next start', () => {
  const store = stores.open();
  for (let round = 0; round < 50; round++) store.write(some(round));
  limitFiles(100_000);
  store.close();
  expect(statSync(join(stores.folder, 'entries.db-wal')).size).toBeGreaterThan(500_000);
  limitFiles('unlimited');
  const next = stores.open();
  expect(entriesOf(next)).toHaveLength(1_000);
  next.check();
  next.close();
  expect(entriesOf(stores.open())).toHaveLength(1_000);
});

test.skipIf(!canLimit)('pages that cannot be moved meanwhile are moved later', () => {
  const store = stores.open();
  limitFiles(20_000_000);
  const large = (round: number) => [put(`${round}`, 'y'.repeat(900_000))];
  const space = statSync(join(stores.folder, 'entries.db')).size;
  let round = 0;
  expect(() => {
    for (; round < 60; round++) store.write(large(round));
  }).toThrow(/EFBIG/);
  expect(entriesOf(store)).toHaveLength(round);
  limitFiles('unlimited');
  for (let at = round; at < 60; at++) store.write(large(at));
  expect(statSync(join(stores.folder, 'entries.db')).size).toBeGreaterThan(space + 20_000_000);
  expect(store.get(Buffer.from('0'))).toHaveLength(900_000);
});
