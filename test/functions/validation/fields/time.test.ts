import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  compareTimes,
  daysInMonth,
  timestampFormats,
  timeViolation,
} from '../../../../functions/validation/fields/time.ts';

const two = (value: number) => String(value).padStart(2, '0');

describe('daysInMonth', () => {
  it('is what the calendar says for every month of four centuries, and for years before them', () => {
    for (const year of [1, 4, 100, 400, 1582, ...Array.from({ length: 401 }, (_, at) => 1900 + at), 9999]) {
      for (let month = 1; month <= 12; month++) {
        const lastDay = new Date(0);
        lastDay.setUTCFullYear(year, month, 0);
        expect(daysInMonth(year, month), `${year}-${month}`).toBe(lastDay.getUTCDate());
      }
    }
    expect([daysInMonth(2024, 0), daysInMonth(2024, 13)]).toEqual([0, 0]);
  });
});

describe('timeViolation', () => {
  const violation = timeViolation('YYYY-MM-DD HH:mm:ss');

  it.each([
    '2024-06-25 17:43:13',
    '2024-02-29 00:00:00',
    '2000-02-29 23:59:59',
    '0001-01-01 00:00:00',
    '9999-12-31 23:59:59',
  ])('takes %s', (text) => expect(violation(text)).toBeUndefined());

  it.each([
    '2023-02-29 00:00:00',
    '1900-02-29 00:00:00',
    '2024-02-30 00:00:00',
    '2024-04-31 00:00:00',
    '2024-13-01 00:00:00',
    '2024-00-01 00:00:00',
    '2024-01-00 00:00:00',
    '0000-01-01 00:00:00',
    '2024-06-25 24:00:00',
    '2024-06-25 23:60:00',
    '2024-06-25 23:59:60',
    '2024-06-25T17:43:13',
    '2024-06-25 17:43:13Z',
    '2024-06-25 17:43:13+02:00',
    '2024-06-25 17:43:13.5',
    '2024-06-25 17:43',
    '2024-06-25',
    '24-06-25 17:43:13',
    '2024-6-25 17:43:13',
    ' 2024-06-25 17:43:13',
    '2024-06-25 17:43:13\n',
    '٢٠٢٤-٠٦-٢٥ 17:43:13',
    '2024‐06‐25 17:43:13',
  ])('rejects %j', (text) => expect(violation(text)).toBeTypeOf('string'));

  it('says which part is wrong', () => {
    expect(violation('2023-02-29 00:00:00')).toBe('that month has 28 days');
    expect(violation('2024-06-25')).toBe('YYYY-MM-DD HH:mm:ss');
  });

  it.each([
    ['YYYY-MM-DD HH:mm:ss[.ffffff]', '2024-06-25 17:43:13.123456'],
    ['YYYY-MM-DDTHH:mm:ss', '2024-06-25T17:43:13'],
    ['YYYY-MM-DDTHH:mm:ss[.ffffff]', '2024-06-25T17:43:13.1'],
    ['YYYY-MM-DDTHH:mm:ssZ', '2024-06-25T17:43:13Z'],
    ['YYYY-MM-DDTHH:mm:ss[.ffffff]Z', '2024-06-25T17:43:13.123Z'],
  ] as const)(
    'reads %s as it is written and rejects a fraction without digits or of seven',
    (format, text) => {
      expect(timeViolation(format)(text)).toBeUndefined();
      expect(timeViolation(format)(text.replace(/(\.[0-9]+)?(Z?)$/, '.$2'))).toBe(format);
      expect(timeViolation(format)(text.replace(/(\.[0-9]+)?(Z?)$/, '.1234567$2'))).toBe(format);
    },
  );

  it('takes every second of the calendar, in every format', () => {
    const moment = fc.date({
      min: new Date('0001-01-01T00:00:00Z'),
      max: new Date('9999-12-31T23:59:59Z'),
      noInvalidDate: true,
    });
    fc.assert(
      fc.property(moment, fc.constantFrom(...timestampFormats), (date, format) => {
        const iso = `${String(date.getUTCFullYear()).padStart(4, '0')}${date.toISOString().slice(-20, -5)}`;
        const text = format.includes('T') ? iso : iso.replace('T', ' ');
        expect(timeViolation(format)(format.endsWith('Z') ? `${text}Z` : text)).toBeUndefined();
      }),
    );
  });

  it('takes a date exactly when the calendar has it', () => {
    const part = (most: number) => fc.integer({ min: 0, max: most });
    fc.assert(
      fc.property(part(9999), part(14), part(33), (year, month, day) => {
        const text = `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
        const date = new Date(`${text}T00:00:00Z`);
        const isReal = year > 0 && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
        expect(timeViolation('YYYY-MM-DD')(text) === undefined).toBe(isReal);
      }),
      { numRuns: 2000 },
    );
  });
});

describe('compareTimes', () => {
  it('counts a missing digit of a fraction as zero', () => {
    expect(compareTimes('2024-06-25T17:43:13.5', '2024-06-25T17:43:13.500')).toBe(0);
    expect(compareTimes('2024-06-25T17:43:13', '2024-06-25T17:43:13.000001')).toBe(-1);
    expect(compareTimes('2024-06-26 00:00:00', '2024-06-25 23:59:59')).toBe(1);
  });
});
