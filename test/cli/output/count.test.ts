import { expect, test } from 'vitest';
import { count, grouped } from '../../../cli/output/count.ts';

test.each([
  [1, 'batch', '1 batch'],
  [2, 'batch', '2 batches'],
  [0, 'pass', '0 passes'],
  [2, 'day', '2 days'],
  [1, 'row', '1 row'],
  [12_345, 'row', '12,345 rows'],
])('%i %s is "%s"', (number, noun, text) => {
  expect(count(number, noun)).toBe(text);
});

test.each([0, 999, 1_000, 12_345, 1_000_000, 9_007_199_254_740_991])(
  'groups %i as English does',
  (number) => {
    expect(grouped(number)).toBe(number.toLocaleString('en-US'));
  },
);
