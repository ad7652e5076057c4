import {
  copyFileSync,
  existsSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DamagedStore, openStore, type Range } from '../../../../local/cloud/store/index.ts';
import { del, entriesOf, openStores, put, type Stores } from './stores.ts';

let stores: Stores;
beforeEach(() => {
  stores = openStores();
});
afterEach(() => stores.remove());

const thousand = Array.from({ length: 1_000 }, (_, at) => put(String(at).padStart(4, '0'), `value ${at}`));

describe('a store', () => {
  test('has what was written, and makes all changes of a write or none', () => {
    const store = stores.open();
    store.write([put('b', '1'), put('a', ''), put('b', '2'), put('c', '3'), del('c'), del('d')]);
    expect(entriesOf(store)).toEqual([
      ['a', ''],
      ['b', '2'],
    ]);
    expect(store.get(Buffer.from('b'))?.toString()).toBe('2');
    expect(store.get(Buffer.from('c'))).toBeUndefined();
    expect(() => store.write([put('e', '5'), { ...put('f', ''), value: null as never }])).toThrow();
    expect(store.get(Buffer.from('e'))).toBeUndefined();
    store.write([]);
    store.check();
  });

  test('writes what is sent in one turn of the event loop together', async () => {
    const store = stores.open();
    const writes = [store.writeSoon([put('a', '1')]), store.writeSoon([put('b', '2'), del('a')])];
    expect(store.get(Buffer.from('b'))).toBeUndefined();
    await Promise.all(writes);
    expect(entriesOf(store)).toEqual([['b', '2']]);
    const last = store.writeSoon([put('c', '3')]);
    store.close();
    await last;
    expect(entriesOf(stores.open())).toHaveLength(2);
  });

  test('has all answered writes after the death of its process, and is checked then', () => {
    const store = stores.open();
    for (const change of thousand) store.write([change]);
    const next = stores.open(stores.afterDeath());
    expect(entriesOf(next)).toEqual(entriesOf(store));
    next.check();
  });

  test('cannot be opened twice, nor used when it is closed', async () => {
    const store = stores.open();
    const cursor = store.cursor({});
    expect(() => stores.open()).toThrow(/already open/);
    store.close();
    expect(() => store.get(Buffer.from('a'))).toThrow(/is closed/);
    expect(cursor.next()).toBeUndefined();
    await expect(store.writeSoon([put('a', '1')])).rejects.toThrow(/is closed/);
  });

  test('leaves no log when it was closed', () => {
    const store = stores.open();
    store.write(thousand);
    store.close();
    expect(existsSync(join(stores.folder, 'entries.db-wal'))).toBe(false);
    expect(entriesOf(stores.open())).toHaveLength(1_000);
  });

  test('holds large values and keys of any bytes', () => {
    const store = stores.open();
    const key = Buffer.from([0, 255, 0, 1]);
    const value = Buffer.alloc(3_000_000, 'soundcheck');
    store.write([{ type: 'put', key, value }, put('', 'empty')]);
    expect(store.get(key)?.equals(value)).toBe(true);
    const next = stores.open(stores.afterDeath());
    expect(next.get(key)?.equals(value)).toBe(true);
    expect(entriesOf(next).map(([name]) => name)).toEqual(['', key.toString('latin1')]);
  });
});

describe('a cursor', () => {
  test('returns the entries of its beginning, whatever is written meanwhile', () => {
    const store = stores.open();
    store.write(thousand);
    for (const isReverse of [false, true]) {
      const before = entriesOf(store, { isReverse });
      const cursor = store.cursor({ isReverse });
      const seen: string[] = [];
      for (let entry = cursor.next(); entry; entry = cursor.next()) {
        seen.push(entry[0].toString());
        const at = seen.length;
        store.write([
          put(`${entry[0]}x${isReverse}`, 'new'),
          put(`0${at % 1_000}`, 'changed'),
          del(`${999 - at}`),
        ]);
      }
      cursor.close();
      expect(seen).toEqual(before.map(([key]) => key));
    }
  });

  const bytes = fc.uint8Array({ maxLength: 3 }).map((key) => Buffer.from(key).toString('latin1'));
  const value = fc.string({ maxLength: 2_000 });
  const batch = fc.array(fc.tuple(bytes, fc.option(value, { freq: 3 })), { maxLength: 40 });
  const range = fc.record(
    { gte: bytes, lt: bytes, isReverse: fc.boolean() },
    { requiredKeys: ['isReverse'] },
  );
  const step = fc.oneof(
    { weight: 4, arbitrary: fc.record({ batch }) },
    { weight: 3, arbitrary: fc.record({ range, seek: fc.option(bytes), meanwhile: batch }) },
    { weight: 1, arbitrary: fc.record({ end: fc.constantFrom('closed', 'dead') }) },
  );

  test('and writes do what a sorted map does, over any ends of the process', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 12 }), (steps) => {
        const own = openStores();
        try {
          follow(own, steps);
        } finally {
          own.remove();
        }
      }),
      { numRuns: Number(process.env.STORE_RUNS ?? 30) },
    );
  });
});

type Batch = readonly (readonly [string, string | null])[];
type Step =
  | { readonly batch: Batch }
  | {
      readonly range: { readonly gte?: string; readonly lt?: string; readonly isReverse: boolean };
      readonly seek: string | null;
      readonly meanwhile: Batch;
    }
  | { readonly end: string };

const bytesOf = (text: string): Buffer => Buffer.from(text, 'latin1');
const order = ([one]: readonly string[], [other]: readonly string[]): number =>
  Buffer.compare(bytesOf(one ?? ''), bytesOf(other ?? ''));

const follow = (own: Stores, steps: readonly Step[]): void => {
  const model = new Map<string, string>();
  let folder = own.folder;
  let store = own.open();
  const write = (batch: Batch): void => {
    for (const [key, value] of batch)
      if (value === null) model.delete(key);
      else model.set(key, value);
    store.write(
      batch.map(([key, value]) =>
        value === null
          ? { type: 'del', key: bytesOf(key) }
          : { type: 'put', key: bytesOf(key), value: Buffer.from(value) },
      ),
    );
  };
  for (const one of steps) {
    if ('batch' in one) write(one.batch);
    if ('end' in one) {
      if (one.end === 'dead') folder = own.afterDeath(folder);
      else store.close();
      store = own.open(folder);
    }
    if (!('range' in one)) continue;
    const { gte, lt, isReverse } = one.range;
    const sorted = [...model].sort(order);
    const inRange = sorted.filter(
      ([key]) =>
        (gte === undefined || order([gte], [key]) <= 0) && (lt === undefined || order([key], [lt]) < 0),
    );
    if (isReverse) inRange.reverse();
    const bounds: Range = {
      ...(gte === undefined ? {} : { gte: bytesOf(gte) }),
      ...(lt === undefined ? {} : { lt: bytesOf(lt) }),
      isReverse,
    };
    const cursor = store.cursor(bounds);
    const [first] = inRange;
    expect(cursor.next()?.[0].toString('latin1')).toBe(first?.[0]);
    write(one.meanwhile);
    const { seek } = one;
    if (seek !== null) cursor.seek(bytesOf(seek));
    const expected =
      seek === null
        ? inRange.slice(1)
        : inRange.filter(([key]) => (isReverse ? order([key], [seek]) <= 0 : order([key], [seek]) >= 0));
    const rest: [string, string][] = [];
    for (let entry = cursor.next(); entry; entry = cursor.next())
      rest.push([entry[0].toString('latin1'), entry[1].toString()]);
    cursor.close();
    expect(rest).toEqual(expected);
  }
  expect(entriesOf(store).map(([key]) => key)).toEqual([...model].sort(order).map(([key]) => key));
  for (const [key, value] of model) expect(store.get(bytesOf(key))?.toString()).toBe(value);
  store.check();
};

describe('a check in turns', () => {
  const many = Array.from({ length: 30_000 }, (_, at) => put(`${at}`, 'x'.repeat(50)));

  test('lets other work be done, and is right about a store that changes meanwhile', async () => {
    const store = stores.open();
    store.write(many);
    let turns = 0;
    const writing = setInterval(() => {
      turns += 1;
      store.write([put(`${turns}`, 'other'), put(`new ${turns}`, ''), del(`${29_999 - turns}`)]);
    }, 1);
    await store.checkInTurns();
    clearInterval(writing);
    expect(turns).toBeGreaterThan(2);
    store.check();
  });

  test('ends when the store is closed', async () => {
    const store = stores.open();
    store.write(many);
    const check = store.checkInTurns();
    store.close();
    await check;
  });

  test('finds a damaged page', async () => {
    const store = stores.open();
    store.write(many);
    store.close();
    const path = join(stores.folder, 'entries.db');
    const bytes = readFileSync(path);
    const at = bytes.lastIndexOf('xxxx');
    bytes[at] = (bytes[at] ?? 0) ^ 1;
    writeFileSync(path, bytes);
    await expect(stores.open().checkInTurns()).rejects.toThrow(/entries.db is damaged: page \d+/);
  });
});

describe('a file of a store', () => {
  const closed = (): string => {
    const store = stores.open();
    store.write(thousand);
    store.close();
    return join(stores.folder, 'entries.db');
  };
  const dead = (): string => {
    const store = stores.open();
    for (const change of thousand) store.write([change]);
    return join(stores.afterDeath(), 'entries.db');
  };
  const opening = (path: string) => () => stores.open(join(path, '..'));

  test.each([
    ['that is missing', () => closed(), '', (path: string) => rmSync(path), /it is missing/],
    ['that is empty', () => closed(), '', (path: string) => truncateSync(path), /entries\.db is damaged/],
    [
      'that is cut',
      () => closed(),
      '',
      (path: string) => truncateSync(path, 20_000),
      /entries\.db is damaged/,
    ],
    [
      'that is cut in a page',
      () => closed(),
      '',
      (path: string) => truncateSync(path, 20_001),
      /entries\.db is damaged/,
    ],
    [
      'that is the last commit and missing',
      () => closed(),
      '-last',
      (path: string) => rmSync(path),
      /missing/,
    ],
    [
      'that is the last commit and empty',
      () => closed(),
      '-last',
      (path: string) => truncateSync(path),
      /no record/,
    ],
    [
      'that is the pages of another store',
      () => {
        const other = openStore(join(stores.folder, 'other', 'entries.db'));
        for (let commit = 0; commit < 3; commit++) other.write(thousand);
        other.close();
        return closed();
      },
      '',
      (path: string) => copyFileSync(join(path, '..', 'other', 'entries.db'), path),
      /it is not the store that .*-last belongs to/,
    ],
    [
      'that is less than a page',
      () => closed(),
      '',
      (path: string) => truncateSync(path, 295),
      /entries.db is damaged: it has only 295 bytes/,
    ],
    ['that is a missing log', () => dead(), '-wal', (path: string) => rmSync(path), /commits are missing/],
    [
      'that is a cut log',
      () => dead(),
      '-wal',
      (path: string) => truncateSync(path, 40_000),
      /commits are missing/,
    ],
  ])('%s is an error that names it, at each start', (_, make, ending, damage, words) => {
    const path = make();
    damage(`${path}${ending}`);
    for (let start = 0; start < 2; start++) {
      expect(opening(path)).toThrow(DamagedStore);
      expect(opening(path)).toThrow(words);
    }
  });

  test('that is put back can be opened', () => {
    const path = dead();
    const log = readFileSync(`${path}-wal`);
    truncateSync(`${path}-wal`, 40_000);
    expect(opening(path)).toThrow(DamagedStore);
    writeFileSync(`${path}-wal`, log);
    expect(entriesOf(stores.open(join(path, '..')))).toHaveLength(1_000);
  });

  test('does not grow when entries come and go', () => {
    const sizeAfter = (rounds: number): number => {
      const store = stores.open();
      for (let at = 0; at < rounds; at++) {
        store.write(thousand);
        store.write(thousand.map(({ key }) => ({ type: 'del', key })));
      }
      store.close();
      return statSync(join(stores.folder, 'entries.db')).size;
    };
    const before = sizeAfter(2);
    expect(sizeAfter(20)).toBe(before);
  });

  test('is smaller at the next start if most entries were removed', () => {
    const size = () => statSync(join(stores.folder, 'entries.db')).size;
    const many = Array.from({ length: 3_000 }, (_, at) => put(`${at}`, 'x'.repeat(4_000)));
    const store = stores.open();
    store.write(many);
    store.write(many.slice(10).map(({ key }) => ({ type: 'del', key })));
    store.close();
    expect(size()).toBeGreaterThan(12_000_000);
    const next = stores.open();
    expect(entriesOf(next)).toHaveLength(10);
    next.check();
    next.close();
    expect(size()).toBeLessThan(1_000_000);
  });
});
