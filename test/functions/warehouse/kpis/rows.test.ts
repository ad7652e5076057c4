import { expect, test } from 'vitest';
import { ExactNumber } from '../../../../functions/values/exact-number.ts';
import { rowReader } from '../../../../functions/warehouse/kpis/rows.ts';

const read = rowReader([
  { name: 'is_new', type: 'boolean' },
  { name: 'amount', type: 'decimal(38, 2)' },
  { name: 'title', type: 'varchar(10)' },
  { name: 'day', type: 'date' },
]);

test.each([
  ['{"is_new":"t"}', { is_new: true }],
  ['{"is_new":"f"}', { is_new: false }],
  ['{"is_new":t,"title":"a t, \\"f\\" and t"}', { is_new: true, title: 'a t, "f" and t' }],
  ['{"is_new":f}', { is_new: false }],
  ['{"is_new":true,"amount":1.50}', { is_new: true, amount: 1.5 }],
  ['{"is_new":"false"}', { is_new: false }],
  ['{"is_new":null,"amount":null,"title":""}', { is_new: null, amount: null, title: '' }],
])('reads a boolean as Redshift and others write it: %s', (line, row) => {
  expect(read(line)).toStrictEqual(row);
});

test('takes t and f for booleans in columns of booleans only', () => {
  expect(read('{"title":"t","day":"f","unknown":"t"}')).toEqual({ title: 't', day: 'f', unknown: 't' });
  expect(rowReader([{ name: 'title', type: 'varchar(1)' }])('{"title":t}')).toBeNull();
});

test('reads a number that is written as a text, in columns of numbers only', () => {
  const line = '{"amount":"12345678901234567890.10","title":"12","day":"2024-06-25"}';
  expect(read(line)).toEqual({
    amount: new ExactNumber('12345678901234567890.1'),
    title: '12',
    day: '2024-06-25',
  });
});
