import { expect, test } from 'vitest';
import { count } from '../../../cli/output/count.ts';

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
