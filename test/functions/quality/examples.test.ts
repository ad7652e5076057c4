import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, COLUMNS, openBench, type Row } from './ruleset-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const rows: Row[] = [
  { id: 1, name: 'a' },
  { id: 1, name: 'b' },
  { id: 2, name: null },
  { id: null, name: 'abc' },
];

const offenders = async (rule: string, file = 'a.csv') => {
  const others = {
    'b.csv': [
      { id: 1, name: 'a' },
      { id: 2, name: 'zzz' },
    ],
    'c.csv': [],
  };
  const examples = await bench.examples(`Rules = [ ${rule} ]`, { 'a.csv': rows, ...others });
  if (examples.length === 0) return 'no examples';
  const own = examples.flatMap((example) => example.rows).filter((row) => row.landed_file === file);
  return own.map(({ id, name }) => `${id} ${name}`).sort();
};

describe('examples', () => {
  it.each([
    ['IsComplete "id"', ['null abc']],
    ['IsComplete "id" where "name <> \'abc\'"', []],
    ['ColumnValues "id" > 1', ['1 a', '1 b', 'null abc']],
    ['ColumnLength "name" = 1', ['null abc']],
    ['IsUnique "id"', ['1 a', '1 b']],
    ['IsUnique "id" where "name <> \'b\'"', []],
    ['Uniqueness "id" "name" > 0.5', []],
    ['IsPrimaryKey "id"', ['1 a', '1 b', 'null abc']],
    ['(IsComplete "id") and (IsComplete "name")', ['2 null', 'null abc']],
    ['(IsComplete "id") or (ColumnLength "name" < 3)', ['null abc']],
    ['(IsUnique "id") and (RowCount > 9)', ['1 a', '1 b']],
    ['(IsUnique "id") or (RowCount > 9)', 'no examples'],
    ['RowCount > 9', 'no examples'],
    ['Mean "id" > 9', 'no examples'],
  ])('of %s are the rows that offend', async (rule, expected) => {
    expect(await offenders(rule)).toEqual(expected);
  });

  it('speak of one file only', async () => {
    expect(await offenders('IsUnique "id"', 'b.csv')).toEqual([]);
  });

  it('hold all columns of the table and no more', async () => {
    const examples = await bench.examples('Rules = [ IsUnique "id", IsComplete "id" ]', { 'a.csv': rows });
    for (const { rows: own } of examples)
      expect(Object.keys(own[0] ?? {})).toEqual(COLUMNS.map(({ name }) => name));
  });
});
