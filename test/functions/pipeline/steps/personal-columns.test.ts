import { expect, test } from 'vitest';
import { personalColumns } from '../../../../functions/pipeline/steps/personal-columns.ts';
import { manifestOf } from '../../validation/fixture.ts';

const columns = ['name', 'full_name', 'price', 'item_number', 'landed_file'].map((name) => ({
  name,
  type: 'varchar(9)',
}));
const hidden = (fields: object): string[] =>
  personalColumns(manifestOf({ extension: '.jsonl', name_pattern: undefined, fields }), { columns });

test('hides nothing where no field is personal', () => {
  expect(hidden({ name: { type: 'string' } })).toEqual([]);
});

test('hides personal fields and columns that nobody can say are not', () => {
  const fields = { name: { type: 'string', pii: true }, price: { type: 'string' } };
  expect(hidden(fields)).toEqual(['name', 'full_name']);
});

test('knows fields by the last key of their path', () => {
  const fields = { 'items[].name': { type: 'string', pii: true }, 'items[].price': { type: 'string' } };
  expect(hidden(fields)).toEqual(['name', 'full_name']);
  const twice = {
    'buyer.name': { type: 'string', pii: true },
    'item.name': { type: 'string' },
    full_name: { type: 'string' },
  };
  expect(hidden(twice)).toEqual(['name', 'price']);
});
