import { describe, expect, test } from 'vitest';
import { isRetried, type Retry, retryWait } from '../../../functions/sources/retries.ts';

const base: Retry = { attempt: 1, now: '2024-02-01T03:00:00.000Z', longest: 120, random: 1 };

describe('the wait before another try', () => {
  test('doubles with each try up to a minute, and half of it is by chance', () => {
    const waits = [1, 2, 3, 4, 5, 6, 7, 8, 20].map((attempt) => retryWait({ ...base, attempt }));
    expect(waits).toEqual([1000, 2000, 4000, 8000, 16_000, 32_000, 60_000, 60_000, 60_000]);
    expect(retryWait({ ...base, attempt: 3, random: 0 })).toBe(2000);
    expect(retryWait({ ...base, attempt: 3, random: 0.5 })).toBe(3000);
  });

  test.each([
    ['seconds', '30', 30_000],
    ['a date', 'Thu, 01 Feb 2024 03:00:45 GMT', 45_000],
    ['nothing, with 0', '0', 1000],
    ['nothing, with a date in the past', 'Thu, 01 Feb 2024 02:00:00 GMT', 1000],
    ['nothing, with what is no time', 'soon', 1000],
    ['nothing, with a negative number', '-5', 1000],
    ['no more than the limit, with an hour', '3600', 120_000],
    ['no more than the limit, with a date in a year', 'Sat, 01 Feb 2025 03:00:00 GMT', 120_000],
    ['no more than the limit, with a number of a thousand digits', '9'.repeat(1000), 120_000],
  ])('is what Retry-After asks for: %s', (_, retryAfter, wait) => {
    expect(retryWait({ ...base, retryAfter })).toBe(wait);
  });
});

test('other tries are for too many requests, time-outs and failures of the server', () => {
  expect([408, 429, 500, 502, 503, 504, 599].every(isRetried)).toBe(true);
  expect([200, 301, 400, 401, 403, 404, 410, 422].some(isRetried)).toBe(false);
});
