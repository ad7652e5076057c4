import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { doubtOfRows, doubtOfServer } from '../../../functions/sources/guards.ts';

describe('a table with fewer rows', () => {
  const rows = fc.oneof(fc.nat(300), fc.nat(1_000_000_000));
  const thousandths = fc.nat(1_000);

  test('is in doubt exactly if it lost more than the share that may be lost', () => {
    const property = (before: number, now: number, share: number): void => {
      const isOver = BigInt(before - now) * 1_000n > BigInt(before) * BigInt(share);
      expect(doubtOfRows(before, now, share / 1_000) !== undefined).toBe(isOver && now < before);
    };
    fc.assert(fc.property(rows, rows, thousandths, property));
    const atTheLimit = fc.tuple(fc.integer({ min: 1, max: 1_000_000 }), thousandths);
    fc.assert(
      fc.property(atTheLimit, fc.integer({ min: -1, max: 1 }), ([thousands, share], more) => {
        const before = thousands * 1_000;
        property(before, Math.max(0, before - thousands * share - more), share);
      }),
    );
  });

  test('passes with all shares of a hundred that are lost exactly', () => {
    for (let lost = 0; lost <= 100; lost++) {
      expect(doubtOfRows(100, 100 - lost, lost / 100)).toBeUndefined();
      if (lost > 0) expect(doubtOfRows(100, 100 - lost, (lost - 1) / 100)).toBeDefined();
    }
  });

  test('is in doubt when it is empty, and never when it grew or had nothing', () => {
    fc.assert(
      fc.property(rows, rows, thousandths, (one, other, share) => {
        const [few, many] = one < other ? [one, other] : [other, one];
        expect(doubtOfRows(few, many, share / 1_000)).toBeUndefined();
        expect(doubtOfRows(0, one, share / 1_000)).toBeUndefined();
        if (many > 0 && share < 1_000) expect(doubtOfRows(many, 0, share / 1_000)).toBeDefined();
      }),
    );
  });

  test('is described by its numbers', () => {
    expect(doubtOfRows(100, 57, 0.1)).toBe(
      'it has 57 rows, 43 fewer than the 100 of the last pull; more than a share of 0.1 may not be lost',
    );
  });
});

describe('a server', () => {
  const identity = fc.bigInt({ min: 1n, max: 2n ** 64n - 1n }).map(String);

  test('is in doubt exactly if another one was known', () => {
    const known = fc.option(identity, { nil: undefined });
    fc.assert(
      fc.property(known, known, (before, now) => {
        expect(doubtOfServer(before, now) !== undefined).toBe(before !== undefined && before !== now);
      }),
    );
    fc.assert(
      fc.property(known, (same) => {
        expect(doubtOfServer(same, same)).toBeUndefined();
      }),
    );
  });

  test('is described by both identities', () => {
    expect(doubtOfServer('7391', '7400')).toBe('it is another server, 7400; the last pull was from 7391');
    expect(doubtOfServer('7391', undefined)).toBe(
      'the server does not say its identity; the last pull was from 7391',
    );
  });
});
