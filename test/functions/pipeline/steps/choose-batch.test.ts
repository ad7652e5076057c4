import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { AnyFile, FileRecord } from '../../../../functions/pipeline/records/file.ts';
import type { Waiting } from '../../../../functions/pipeline/steps/choose-batch.ts';
import {
  afterFailedRun,
  chooseBatch,
  isBeingValidated,
  largestBatch,
} from '../../../../functions/pipeline/steps/choose-batch.ts';
import type { StoredFile } from '../../records.ts';

const file = {
  key: 'data/plays/a.csv',
  version: 'v1',
  dataset: 'plays',
  state: 'accepted',
  rev: 2,
  number: 1,
  size: 1,
  landed_at: '2024-06-25T00:00:00.000Z',
  registered_at: '2024-06-25T00:00:00.000Z',
  manifest_sha256: 'current',
  facts: { format: 'csv' },
  failed_runs: 0,
  failed_alone: 0,
} as Waiting;

const named = (name: string, changes: Partial<AnyFile> = {}): Waiting =>
  ({ ...file, key: `data/plays/${name}.csv`, ...changes }) as Waiting;
const keys = (files: readonly StoredFile[]): string[] =>
  files.map(({ key }) => key.replace(/^data\/plays\/|\.csv$/g, ''));
const choose = (waiting: readonly StoredFile[], fence = 1) => chooseBatch(waiting, 'current', fence);

describe('choosing a batch', () => {
  test('takes accepted files alone, in order of landing', () => {
    const waiting = [
      named('b'),
      named('a'),
      named('c', { state: 'landed' }),
      named('d', { state: 'claimed' }),
      named('e', { state: 'parked' }),
    ];
    expect(keys(choose(waiting).batch)).toEqual(['b', 'a']);
  });

  test('takes the newest accepted version of a key', () => {
    const waiting = [1, 3, 2].map((number) => named('a', { number, version: `v${number}` }));
    expect(choose(waiting).batch).toEqual([waiting[1]]);
  });

  test('leaves a repair whose source is not published any more to be validated again', () => {
    const [plain, repair] = [named('a'), named('b@v1.rows', { landed_as: 'data/plays/b.csv#repair' })];
    const stale = new Set([`${repair.key}@v1`]);
    expect(chooseBatch([plain, repair], 'current', 1, stale)).toEqual({
      batch: [plain],
      revalidate: [repair],
    });
    expect(choose([plain, repair]).batch).toEqual([plain, repair]);
  });

  test.each([
    ['data/plays/a.csv#repair', 'data/plays/a.csv'],
    ['data/plays/a.csv#repair#repair', 'data/plays/a.csv'],
    ['data/plays/a.csv#repair#repair', 'data/plays/a.csv#repair'],
  ])('has %s wait for a batch after the one that replaces %s', (landed_as, replaced) => {
    const corrected = named('x', { key: 'data/plays/x', landed_as: replaced });
    const repair = named('y', { key: 'data/plays/y', landed_as });
    const other = named('z', { key: 'data/plays/z', landed_as: 'data/plays/a.csv2#repair' });
    expect(choose([repair, corrected, other]).batch).toEqual([corrected, other]);
  });

  test('leaves files that were validated under another manifest to be validated again', () => {
    const waiting = [
      named('a', { manifest_sha256: 'old' }),
      named('b'),
      named('c', { manifest_sha256: 'old' }),
    ];
    const { batch, revalidate } = choose(waiting);
    expect([keys(batch), keys(revalidate)]).toEqual([['b'], ['a', 'c']]);
  });

  test('takes those that failed twice apart from the rest, by turns', () => {
    const waiting = [named('a', { batch_limit: 2 }), named('b'), named('c', { batch_limit: 2 }), named('d')];
    expect(keys(choose(waiting, 1).batch)).toEqual(['a', 'c']);
    expect(keys(choose(waiting, 2).batch)).toEqual(['b', 'd']);
  });

  test('never puts a file into a larger batch than it may be in', () => {
    const waiting = [
      named('a', { batch_limit: 2 }),
      named('b', { batch_limit: 1 }),
      named('c', { batch_limit: 4 }),
    ];
    expect(keys(choose(waiting).batch)).toEqual(['a', 'c']);
    expect(keys(choose(waiting.slice(1)).batch)).toEqual(['b']);
  });

  const waiting = fc.array(
    fc.record({
      key: fc.integer({ min: 0, max: 1_500 }),
      number: fc.integer({ min: 1, max: 5 }),
      state: fc.constantFrom('accepted', 'accepted', 'accepted', 'landed', 'claimed', 'parked'),
      manifest_sha256: fc.constantFrom('current', 'current', 'current', 'old'),
      batch_limit: fc.option(fc.integer({ min: 1, max: 500 }), { nil: undefined }),
    }),
    { maxLength: 2_500, size: 'max' },
  );

  test('never chooses a key twice, more than a thousand files, or one that it must not', () => {
    fc.assert(
      fc.property(waiting, fc.nat(), (drawn, fence) => {
        const files = drawn.map(({ key, number, state, ...rest }) =>
          named(`f${key}`, { number, version: `v${number}`, state: state as StoredFile['state'], ...rest }),
        );
        const { batch, revalidate } = choose(files, fence);
        expect(new Set(keys(batch)).size).toBe(batch.length);
        expect(batch.length).toBeLessThanOrEqual(largestBatch);
        for (const one of batch) {
          expect([one.state, one.manifest_sha256]).toEqual(['accepted', 'current']);
          expect(batch.length).toBeLessThanOrEqual(one.batch_limit ?? largestBatch);
        }
        for (const one of revalidate) expect([one.state, one.manifest_sha256]).toEqual(['accepted', 'old']);
        const isAnyWaiting = files.some(
          (one) => one.state === 'accepted' && one.manifest_sha256 === 'current',
        );
        expect(batch.length > 0).toBe(isAnyWaiting);
      }),
      { numRuns: 60 },
    );
  });
});

describe('a failed run', () => {
  test('gives its files back as they are the first time, in halves from the second on', () => {
    expect(afterFailedRun(file, 50)).toEqual({
      ...{ isParked: false, failed_runs: 1, failed_alone: 0 },
    });
    expect(afterFailedRun({ ...file, failed_runs: 1 }, 50)).toEqual({
      ...{ isParked: false, failed_runs: 2, failed_alone: 0, batch_limit: 25 },
    });
  });

  test('parks a file that failed alone twice', () => {
    const once = afterFailedRun(file, 1);
    expect(once).toMatchObject({ isParked: false, failed_alone: 1 });
    expect(afterFailedRun({ ...file, ...once }, 1)).toMatchObject({ isParked: true });
  });

  /** Runs batches until nothing waits; a batch fails exactly when a poison file is in it. */
  const runAll = (files: readonly StoredFile[], isPoison: (one: StoredFile) => boolean) => {
    let waiting: readonly StoredFile[] = files;
    const ended: StoredFile[] = [];
    let runs = 0;
    for (; waiting.length > 0; runs++) {
      const batch = new Set(choose(waiting, runs).batch);
      const isFailed = [...batch].some(isPoison);
      const after = [...batch].map((one) => {
        if (!isFailed) return { ...one, state: 'published' } as StoredFile;
        const { isParked, ...counts } = afterFailedRun(one, batch.size);
        return { ...one, ...counts, state: isParked ? 'parked' : 'accepted' } as StoredFile;
      });
      ended.push(...after.filter(({ state }) => state !== 'accepted'));
      waiting = waiting
        .map((one) => (batch.has(one as Waiting) ? (after.find(({ key }) => key === one.key) ?? one) : one))
        .filter(({ state }) => state === 'accepted');
      if (runs > 50 * files.length) throw new Error('it does not come to an end');
    }
    return { ended, runs };
  };

  test('takes no good file with it: halving ends with each poison file alone, parked after two failures there', () => {
    const names = fc.uniqueArray(fc.nat(5_000), { minLength: 1, maxLength: 120, size: 'max' });
    fc.assert(
      fc.property(names, fc.array(fc.nat(119), { maxLength: 4 }), (drawn, places) => {
        const files = drawn.map((name) => named(`f${name}`));
        const poison = new Set(places.flatMap((place) => files[place]?.key ?? []));
        const { ended, runs } = runAll(files, ({ key }) => poison.has(key));
        const parked = ended.filter(({ state }) => state === 'parked');
        expect(new Set(parked.map(({ key }) => key))).toEqual(poison);
        for (const one of parked) expect(one.failed_alone).toBe(2);
        expect(ended.length).toBe(files.length);
        const halvings = Math.ceil(Math.log2(files.length)) + 1;
        expect(runs).toBeLessThanOrEqual(3 + poison.size * (3 * halvings + 4));
      }),
      { numRuns: 200 },
    );
  });
});

test('is about to be validated: what has landed lately, or was woken lately, and waits for nothing', () => {
  const [registered, soon, late] = ['2024-06-25T12:00:00Z', '2024-06-25T12:00:20Z', '2024-06-25T12:01:00Z'];
  const landed = named('a', { state: 'landed', registered_at: registered }) as FileRecord;
  expect(isBeingValidated(landed, soon)).toBe(true);
  expect(isBeingValidated(landed, late)).toBe(false);
  expect(isBeingValidated({ ...landed, woken_at: late } as FileRecord, late)).toBe(true);
  expect(isBeingValidated({ ...landed, reason: 'waits for its manifest' }, soon)).toBe(false);
  expect(isBeingValidated(named('a', { registered_at: registered }), soon)).toBe(false);
});
