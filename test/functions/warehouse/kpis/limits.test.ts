import { expect, test } from 'vitest';
import { ExactNumber } from '../../../../functions/values/exact-number.ts';
import { itemSize, kpiProblem } from '../../../../functions/warehouse/kpis/limits.ts';

const key = { pk: 'a', sk: 'b' };
const nested = (levels: number): unknown => (levels === 0 ? 1 : [nested(levels - 1)]);

test.each([
  [{ pk: 'é'.repeat(1024), sk: '🎵'.repeat(256) }],
  [{ ...key, text: 'x'.repeat(400 * 1024 - 64 - 18), none: null, no: false }],
  [
    {
      ...key,
      exact: new ExactNumber('9'.repeat(38)),
      small: 1e-130,
      large: new ExactNumber(`9${'0'.repeat(125)}`),
    },
  ],
  [{ ...key, deep: nested(32), map: { list: [{ rank: 1, name: '' }] } }],
])('finds nothing wrong with what DynamoDB takes (%#)', (item) => {
  expect(kpiProblem(item)).toBeUndefined();
});

test.each([
  [{ pk: '', sk: 'b' }, 'the partition key is empty'],
  [{ pk: 'a', sk: '' }, 'the sort key is empty'],
  [{ pk: `${'é'.repeat(1024)}x`, sk: 'b' }, 'the partition key has 2,049 bytes of at most 2,048'],
  [{ pk: 'a', sk: `${'🎵'.repeat(256)}x` }, 'the sort key has 1,025 bytes of at most 1,024'],
  [{ ...key, text: 'é'.repeat(204_800) }, 'the item has 409,610 bytes of at most 409,536'],
  [{ ...key, sum: new ExactNumber('1'.repeat(39)) }, 'sum has 39 digits of at most 38'],
  [
    { ...key, list: [{ sum: new ExactNumber('NaN') }] },
    'list is NaN, which DynamoDB does not take for a number',
  ],
  [{ ...key, n: 5e-324 }, 'n is about 1e-324, DynamoDB takes numbers from 1e-130 to 1e125'],
  [
    { ...key, n: new ExactNumber(`1${'0'.repeat(126)}`) },
    'n is about 1e126, DynamoDB takes numbers from 1e-130 to 1e125',
  ],
  [{ ...key, deep: nested(33) }, 'deep is nested deeper than 32 levels'],
])('says what is wrong with an item (%#)', (item, problem) => {
  expect(kpiProblem(item)).toBe(problem);
});

test('counts bytes, names among them, and the overhead of what nests', () => {
  const item = { ...key, é: 'é', none: null, n: -1234, list: [true, { a: 'x' }] };
  expect(itemSize(item)).toBe(3 + 3 + (2 + 2) + (4 + 1) + (1 + 5) + (4 + 3 + 2 + 1 + (3 + 1 + 2)));
});
