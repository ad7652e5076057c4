import { expect, test } from 'vitest';
import { bindParameters } from '../../../../local/cloud/redshift-data/parameters.ts';

test('puts quoted values in the place of names', () => {
  expect(
    bindParameters(
      ['select :a, :b where x = :a'],
      [
        { name: 'a', value: "it's" },
        { name: 'b', value: '1' },
      ],
    ),
  ).toEqual(["select 'it''s', '1' where x = 'it''s'"]);
});

test('leaves texts, quoted names, comments, casts and dollar quotes alone', () => {
  const sql = `select ':a', 'it'':a', ":a", x::a, $$ :a $$, $t$ :a $t$ -- :a\n /* :a */ , :a`;
  expect(bindParameters([sql], [{ name: 'a', value: '1' }])).toEqual([`${sql.slice(0, -2)}'1'`]);
});

test('never reads a value again for names', () => {
  const parameters = [
    { name: 'a', value: ':b' },
    { name: 'b', value: ':a' },
  ];
  expect(bindParameters(['select :a, :b'], parameters)).toEqual(["select ':b', ':a'"]);
});

test('wants each name to have a value and each value to be used by some statement', () => {
  const parameters = [
    { name: 'a', value: '1' },
    { name: 'b', value: '2' },
  ];
  expect(bindParameters(['select :a', 'select :b'], parameters)).toEqual(["select '1'", "select '2'"]);
  expect(() => bindParameters(['select :c, :a, :b'], parameters)).toThrow('Cannot find parameter: c');
  expect(() => bindParameters(['select :a'], parameters)).toThrow('Unused parameters: [b]');
});
