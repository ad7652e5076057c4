import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareZoned, utcText, zonedViolation } from '../../../../functions/validation/fields/zoned.ts';
import { zonedMoments } from '../../../sql/macros/zoned-moments.ts';

describe('a timestamp with an offset', () => {
  test.each([
    ['2024-06-25T17:43:13Z', '2024-06-25 17:43:13'],
    ['2024-06-25 17:43:13.500+00', '2024-06-25 17:43:13.5'],
    ['2024-06-25T17:43:13.000000+0530', '2024-06-25 12:13:13'],
    ['2024-12-31T23:30:00-03:30', '2025-01-01 03:00:00'],
    ['0099-01-01T00:00:00+01:00', '0098-12-31 23:00:00'],
    ['2024-06-25T17:43:13-14:00', '2024-06-26 07:43:13'],
  ])('%s is %s in UTC', (text, utc) => {
    expect(zonedViolation(text)).toBeUndefined();
    expect(utcText(text)).toBe(utc);
  });

  test.each([
    ['2024-06-25T17:43:13', 'it has no offset from UTC, such as Z or +02:00'],
    ['2024-06-25', 'YYYY-MM-DDTHH:mm:ss[.ffffff], then Z or an offset such as +02:00'],
    ['2024-06-25T17:43:13z', 'YYYY-MM-DDTHH:mm:ss[.ffffff], then Z or an offset such as +02:00'],
    ['2024-06-25T17:43:13 +02:00', 'YYYY-MM-DDTHH:mm:ss[.ffffff], then Z or an offset such as +02:00'],
    ['2024-06-25T17:43:13.1234567Z', 'YYYY-MM-DDTHH:mm:ss[.ffffff], then Z or an offset such as +02:00'],
    ['2024-06-25T24:00:00Z', 'times go from 00:00:00 to 23:59:59'],
    ['2024-02-30T17:43:13Z', 'that month has 29 days'],
    ['2024-06-25T17:43:13+14:01', 'offsets go from -14:00 to +14:00'],
    ['2024-06-25T17:43:13+02:60', 'offsets go from -14:00 to +14:00'],
    ['0001-01-01T00:00:00+01:00', 'years go from 0001 to 9999, in UTC'],
    ['9999-12-31T23:59:59-00:01', 'years go from 0001 to 9999, in UTC'],
  ])('%s is none: %s', (text, says) => {
    expect(zonedViolation(text)).toBe(says);
  });

  test('names the moment that JavaScript reads from it', () => {
    fc.assert(
      fc.property(zonedMoments, ({ text, utc }) => {
        expect(zonedViolation(text)).toBeUndefined();
        expect(utcText(text)).toBe(utc);
      }),
    );
  });

  test('is ordered as its moment is', () => {
    fc.assert(
      fc.property(zonedMoments, zonedMoments, (one, other) => {
        expect(Math.sign(compareZoned(one.text, other.text))).toBe(
          one.utc === other.utc ? 0 : one.utc < other.utc ? -1 : 1,
        );
      }),
    );
  });
});
