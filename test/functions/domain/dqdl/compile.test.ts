import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Bench, openBench, type Row } from './ruleset-bench.ts';

let bench: Bench;
beforeAll(async () => {
  bench = await openBench();
});
afterAll(() => bench.close());

const ids = (...values: (number | null)[]): Row[] => values.map((id) => ({ id }));
const names = (...values: (string | null)[]): Row[] => values.map((name) => ({ name }));
const prices = (...values: (number | null)[]): Row[] => values.map((price) => ({ price }));
const scores = (...values: (number | null)[]): Row[] => values.map((score) => ({ score }));
const likes = (...values: (boolean | null)[]): Row[] => values.map((liked) => ({ liked }));
const born = (...values: (string | null)[]): Row[] => values.map((date) => ({ born: date }));
const seen = (...values: (string | null)[]): Row[] => values.map((time) => ({ seen: time }));
const both = (...values: [number | null, string | null][]): Row[] =>
  values.map(([id, name]) => ({ id, name }));

type Case = readonly [rule: string, rows: readonly Row[], passed: boolean, metric: string | null];

const cases: Record<string, readonly Case[]> = {
  IsComplete: [
    ['IsComplete "id"', ids(1, 2), true, '1'],
    ['IsComplete "id"', ids(1, null, 3, 4), false, '0.75'],
    ['IsComplete "name"', names(''), true, '1'],
    ['IsComplete "id"', [], true, null],
    ['IsComplete "id" where "name = \'a\'"', both([1, 'a'], [null, 'b']), true, '1'],
    ['IsComplete "id" where "name = \'a\'"', both([1, 'b'], [null, 'a']), false, '0'],
    ['IsComplete "id" where "name = \'x\'"', both([null, 'a'], [null, null]), true, null],
  ],
  Completeness: [
    ['Completeness "id" >= 0.75', ids(1, null, 3, 4), true, '0.75'],
    ['Completeness "id" > 0.75', ids(1, null, 3, 4), false, '0.75'],
    ['Completeness "id" between 0.5 and 0.75', ids(1, null, 3, 4), false, '0.75'],
    ['Completeness "id" not between 0.5 and 0.75', ids(1, null, 3, 4), true, '0.75'],
    ['Completeness "id" > 0.9', [], true, null],
  ],
  IsUnique: [
    ['IsUnique "id"', ids(1, 2, 3), true, '1'],
    ['IsUnique "id"', ids(1, 1, 3), false, '0.333333333'],
    ['IsUnique "id"', ids(1, null, null), true, '1'],
    ['IsUnique "id"', ids(null, null), true, null],
    ['IsUnique "id"', [], true, null],
    ['IsUnique "id" "name"', both([1, 'a'], [1, 'b']), true, '1'],
    ['IsUnique "id" "name"', both([1, null], [1, null]), false, '0'],
    ['IsUnique "id" where "name = \'a\'"', both([1, 'a'], [1, 'b']), true, '1'],
  ],
  IsPrimaryKey: [
    ['IsPrimaryKey "id"', ids(1, 2), true, '1'],
    ['IsPrimaryKey "id"', ids(1, null), false, '0.5'],
    ['IsPrimaryKey "id"', ids(1, 1), false, '0'],
    ['IsPrimaryKey "id" "name"', both([1, 'a'], [1, 'b'], [2, 'a']), true, '1'],
    ['IsPrimaryKey "id" "name"', both([1, 'a'], [1, null]), false, '0.5'],
    ['IsPrimaryKey "id"', [], true, null],
    ['IsPrimaryKey "id" where "name is not null"', both([1, 'a'], [1, null]), true, '1'],
  ],
  Uniqueness: [
    ['Uniqueness "id" = 0.5', ids(1, 2, 3, 3), true, '0.5'],
    ['Uniqueness "id" > 0.5', ids(1, 2, 3, 3), false, '0.5'],
    ['Uniqueness "id" = 1.0', ids(1, null, null), true, '1'],
    ['Uniqueness "id" "name" = 1', both([1, 'a'], [1, null], [null, null], [null, null]), true, '1'],
    ['Uniqueness "id" > 0.95', [], true, null],
  ],
  UniqueValueRatio: [
    ['UniqueValueRatio "id" > 0.6', ids(1, 2, 3, 3), true, '0.666666667'],
    ['UniqueValueRatio "id" = 1', ids(1, null, null), true, '1'],
    ['UniqueValueRatio "id" = 1', ids(2, 2), false, '0'],
    ['UniqueValueRatio "id" = 1', [], true, null],
  ],
  ColumnLength: [
    ['ColumnLength "name" = 3', names('abc', 'éø🎵'), true, '1'],
    ['ColumnLength "name" = 3', names('abc', 'ab'), false, '0.5'],
    ['ColumnLength "name" = 3', names('abc', null), true, '1'],
    ['ColumnLength "name" between 1 and 3', names('a'), false, '0'],
    ['ColumnLength "name" between 1 and 3', names('ab'), true, '1'],
    ['ColumnLength "name" in [2, 4]', names('ab', 'abcd'), true, '1'],
    ['ColumnLength "name" > 1 with threshold > 0.4', names('ab', 'a'), true, '0.5'],
    ['ColumnLength "name" > 1 with threshold > 0.5', names('ab', 'a'), false, '0.5'],
    ['ColumnLength "id" = 2', ids(12, -1), true, '1'],
    ['ColumnLength "name" = 3', [], true, null],
  ],
  'ColumnValues on numbers': [
    ['ColumnValues "id" > 1', ids(2, 3), true, '1'],
    ['ColumnValues "id" > 1', ids(1), false, '0'],
    ['ColumnValues "id" >= 1', ids(1), true, '1'],
    ['ColumnValues "id" < -1', ids(-2), true, '1'],
    ['ColumnValues "id" <= 1.5', ids(1, 2), false, '0.5'],
    ['ColumnValues "id" > 1', ids(2, null), false, '0.5'],
    ['ColumnValues "id" = 9007199254740993', [{ id: 9007199254740992 }], false, '0'],
    ['ColumnValues "id" != 1', ids(2, null), true, '1'],
    ['ColumnValues "id" != 1', ids(1), false, '0'],
    ['ColumnValues "id" between 1 and 3', ids(2), true, '1'],
    ['ColumnValues "id" between 1 and 3', ids(1, 2, 3, null), false, '0.25'],
    ['ColumnValues "id" not between 1 and 3', ids(1, 3), true, '1'],
    ['ColumnValues "id" not between 1 and 3', ids(2, null), false, '0'],
    ['ColumnValues "id" in [1, 2]', ids(1, 2), true, '1'],
    ['ColumnValues "id" in [1, 2]', ids(1, null), false, '0.5'],
    ['ColumnValues "id" not in [1, 2]', ids(3, null), true, '1'],
    ['ColumnValues "id" = NULL', ids(null), true, '1'],
    ['ColumnValues "id" != NULL', ids(1, null), false, '0.5'],
    ['ColumnValues "id" in [1, NULL]', ids(1, null), true, '1'],
    ['ColumnValues "id" not in [1, NULL]', ids(2, null), false, '0.5'],
    ['ColumnValues "price" <= 1.85', prices(1.85), true, '1'],
    ['ColumnValues "price" <= 1.85', prices(1.86), false, '0'],
    ['ColumnValues "score" = 0.1', scores(0.1), true, '1'],
    ['ColumnValues "id" > 0 with threshold >= 0.5', ids(1, -1), true, '0.5'],
    ['ColumnValues "id" > 0 with threshold > 0.5', ids(1, -1), false, '0.5'],
    ['ColumnValues "id" > 0 with threshold between 0.4 and 0.6', ids(1, -1), true, '0.5'],
    ['ColumnValues "id" > 0', [], true, null],
    ['ColumnValues "id" > 0 where "name <> \'x\'"', both([1, 'a'], [-1, 'x'], [-1, null]), true, '1'],
  ],
  'ColumnValues on texts': [
    ['ColumnValues "name" = "a"', names('a'), true, '1'],
    ['ColumnValues "name" = "A"', names('a'), false, '0'],
    ['ColumnValues "name" in ["it\'s", "b"]', names("it's"), true, '1'],
    ['ColumnValues "name" in ["say \\"hi\\"", "a\\\\b"]', names('say "hi"', 'a\\b'), true, '1'],
    [
      'ColumnValues "name" in ["US", NULL, EMPTY, WHITESPACES_ONLY]',
      names('US', null, '', ' \t '),
      true,
      '1',
    ],
    ['ColumnValues "name" in ["US", EMPTY]', names('US', ' '), false, '0.5'],
    ['ColumnValues "name" not in [EMPTY, WHITESPACES_ONLY]', names('a', null), true, '1'],
    ['ColumnValues "name" not in [EMPTY, WHITESPACES_ONLY]', names('', '  '), false, '0'],
    ['ColumnValues "name" != WHITESPACES_ONLY', names(''), true, '1'],
    ['ColumnValues "name" matches "[a-z]+"', names('abc'), true, '1'],
    ['ColumnValues "name" matches "[a-z]+"', names('abc1'), false, '0'],
    ['ColumnValues "name" matches "a|ab"', names('ab'), true, '1'],
    ['ColumnValues "name" matches "\\d{2}\\.\\d"', names('12.3'), true, '1'],
    ['ColumnValues "name" matches "[a-z]+"', names(null), false, '0'],
    ['ColumnValues "name" not matches "[a-z]+"', names('abc1'), true, '1'],
    ['ColumnValues "name" not matches "[a-z]+"', names(null), false, '0'],
    ['ColumnValues "id" matches "[0-9]{3}"', ids(123), true, '1'],
    ['ColumnValues "name" = "2024-01-01"', names('2024-01-01'), true, '1'],
    ['ColumnValues "liked" = "true"', likes(true), true, '1'],
    ['ColumnValues "liked" in ["true"]', likes(false), false, '0'],
  ],
  'ColumnValues on dates': [
    ['ColumnValues "born" > "2000-01-01"', born('2000-01-02'), true, '1'],
    ['ColumnValues "born" > "2000-01-01"', born('2000-01-01'), false, '0'],
    ['ColumnValues "born" between "2000-01-01" and "2000-01-03"', born('2000-01-02'), true, '1'],
    ['ColumnValues "born" in ["2000-01-01", NULL]', born('2000-01-01', null), true, '1'],
    ['ColumnValues "seen" >= "2024-01-01"', seen('2024-01-01 00:00:00'), true, '1'],
    ['ColumnValues "seen" < "2024-01-01"', seen('2023-12-31 23:59:59'), true, '1'],
    ['ColumnValues "seen" > (now() - 3 days)', seen('2024-06-27 12:00:01'), true, '1'],
    ['ColumnValues "seen" > (now() - 3 days)', seen('2024-06-27 12:00:00'), false, '0'],
    ['ColumnValues "seen" > now() - 2 hours', seen('2024-06-30 10:00:01'), true, '1'],
    ['ColumnValues "seen" <= now()', seen('2024-06-30 12:00:00'), true, '1'],
    ['ColumnValues "seen" < (now() + 5 minutes)', seen('2024-06-30 12:05:00'), false, '0'],
    ['ColumnValues "born" >= (now() - 3 days)', born('2024-06-27'), true, '1'],
    ['ColumnValues "born" >= (now() - 3 days)', born('2024-06-26', null), false, '0'],
  ],
  ColumnDataType: [
    ['ColumnDataType "name" = "Integer"', names('12', '-7'), true, '1'],
    ['ColumnDataType "name" = "Integer"', names('12', '1.9', '1e3', '9999999999'), false, '0.25'],
    ['ColumnDataType "name" = "Long"', names('9999999999'), true, '1'],
    ['ColumnDataType "name" = "Date"', names('2024-02-30', '2024-02-29'), false, '0.5'],
    ['ColumnDataType "name" = "Timestamp"', names('2024-02-29 01:02:03', '2024-02-29T01:02:03.5'), true, '1'],
    ['ColumnDataType "name" = "Boolean"', names('true', 'FALSE', 'yes'), false, '0.666666667'],
    ['ColumnDataType "name" = "Double"', names('1e3', '-.5', 'x'), false, '0.666666667'],
    ['ColumnDataType "name" in ["Date", "Integer"]', names('1', '2024-01-01'), true, '1'],
    ['ColumnDataType "name" = "Integer"', names('1', null), false, '0.5'],
    ['ColumnDataType "name" != "Integer"', names('x', null), true, '1'],
    ['ColumnDataType "name" not in ["Integer"]', names('1'), false, '0'],
    ['ColumnDataType "name" = "Integer" with threshold >= 0.5', names('1', 'x'), true, '0.5'],
    ['ColumnDataType "id" = "Integer"', ids(1, 9999999999), false, '0.5'],
    ['ColumnDataType "id" = "Long"', ids(1), true, '1'],
    ['ColumnDataType "seen" = "Timestamp"', seen(null, '2024-01-01 00:00:00'), false, '0.5'],
    ['ColumnDataType "price" = "Integer"', prices(1), false, '0'],
    ['ColumnDataType "name" = "Date"', [], true, null],
  ],
  DataFreshness: [
    ['DataFreshness "seen" <= 3 days', seen('2024-06-27 12:00:00'), true, '1'],
    ['DataFreshness "seen" < 3 days', seen('2024-06-27 12:00:00'), false, '0'],
    ['DataFreshness "seen" > 3 hours', seen('2024-06-30 08:59:59'), true, '1'],
    ['DataFreshness "seen" between 2 days and 4 days', seen('2024-06-27 12:00:00'), true, '1'],
    ['DataFreshness "seen" between 2 days and 4 days', seen('2024-06-28 12:00:00'), false, '0'],
    ['DataFreshness "seen" not between 2 days and 4 days', seen('2024-06-28 12:00:00'), true, '1'],
    ['DataFreshness "seen" in [90 minutes]', seen('2024-06-30 10:30:00'), true, '1'],
    ['DataFreshness "seen" not in [90 minutes]', seen(null), false, '0'],
    ['DataFreshness "seen" <= 3 days', seen('2024-06-30 12:00:00', null), false, '0.5'],
    ['DataFreshness "born" <= 12 hours', born('2024-06-30'), true, '1'],
    ['DataFreshness "seen" <= 3 days', [], true, null],
  ],
  RowCount: [
    ['RowCount > 0', ids(1), true, '1'],
    ['RowCount > 0', [], false, '0'],
    ['RowCount = 0', [], true, '0'],
    ['RowCount between 1 and 3', ids(1, 2, 3), false, '3'],
    ['RowCount = 1 where "id > 1"', ids(1, 2, null), true, '1'],
  ],
  DistinctValuesCount: [
    ['DistinctValuesCount "id" = 3', ids(1, 2, 2, null, null), true, '3'],
    ['DistinctValuesCount "id" = 0', [], true, '0'],
    ['DistinctValuesCount "id" < 3 where "id is not null"', ids(1, 2, null), true, '2'],
  ],
  Sum: [
    ['Sum "id" = 6', ids(1, 2, 3, null), true, '6'],
    ['Sum "price" = 0.30', prices(0.1, 0.2), true, '0.3'],
    ['Sum "score" = 0.3', scores(0.1, 0.2), true, '0.3'],
    [
      'Sum "id" > 9223372036854775807',
      [{ id: '9223372036854775807' }, { id: '9223372036854775807' }],
      true,
      '18446744073709551614',
    ],
    ['Sum "id" >= 0', ids(null), false, null],
    ['Sum "id" >= 0', [], false, null],
    ['Sum "id" = 2 where "name = \'a\'"', both([2, 'a'], [5, 'b']), true, '2'],
  ],
  Mean: [
    ['Mean "id" = 2', ids(1, 3, null), true, '2'],
    ['Mean "id" between 1.6 and 1.7', ids(1, 2, 2), true, '1.666666667'],
    ['Mean "price" = 0.15', prices(0.1, 0.2), true, '0.15'],
    ['Mean "score" >= 0', [], false, null],
  ],
  StandardDeviation: [
    ['StandardDeviation "id" = 2', ids(2, 4, 4, 4, 5, 5, 7, 9, null), true, '2'],
    ['StandardDeviation "id" = 0', ids(7), true, '0'],
    ['StandardDeviation "id" >= 0', [], false, null],
  ],
  Entropy: [
    ['Entropy "name" between 0.69 and 0.70', names('a', 'b', null), true, '0.693147181'],
    ['Entropy "name" = 0', names('a', 'a'), true, '0'],
    ['Entropy "name" >= 0', names(null), false, null],
    ['Entropy "name" >= 0', [], false, null],
  ],
  'rules about columns': [
    ['ColumnExists "id"', [], true, null],
    ['ColumnExists "nowhere"', ids(1), false, null],
    ['ColumnCount = 11', [], true, '11'],
    ['ColumnCount < 11', ids(1), false, '11'],
    ['ColumnNamesMatchPattern "^[a-z_]+$"', [], true, '11 of 11'],
    ['ColumnNamesMatchPattern "^landed"', [], false, '3 of 11'],
  ],
  CustomSql: [
    ['CustomSql "select count(*) from primary" = 2', ids(1, 2), true, '2'],
    ['CustomSql "select max(p.id) from primary as p" < 2', ids(1, 2), false, '2'],
    ['CustomSql "select max(id) from primary" > 0', [], false, null],
    ['CustomSql "select count(*) from primary" = 0', [], true, '0'],
    ["CustomSql \"select id from primary where name = 'it''s'\" ", both([1, "it's"], [2, 'b']), false, '0.5'],
    ['CustomSql "select id from primary where id > 0"', ids(1, 2), true, '1'],
    ['CustomSql "select id from primary where id > 1" with threshold >= 0.5', ids(1, 2), true, '0.5'],
    ['CustomSql "select id from primary"', [], true, null],
    ['CustomSql "with a as (select id from PRIMARY) select count(*) from a" > 0', ids(1), true, '1'],
  ],
  composites: [
    ['(IsComplete "id") and (RowCount > 1)', ids(1, 2), true, '1 and 2'],
    ['(IsComplete "id") and (RowCount > 2)', ids(1, 2), false, '1 and 2'],
    ['(RowCount > 9) or (ColumnValues "id" > 0)', ids(1), true, '1 or 1'],
    ['(RowCount > 9) or (ColumnExists "x")', ids(1), false, '1 or -'],
    [
      '(RowCount > 0) and ((RowCount > 9) or (CustomSql "select count(*) from primary" = 1))',
      ids(1),
      true,
      '1 and 1 or 1',
    ],
    ['(Mean "id" > 0) and (RowCount = 0)', [], false, '- and 0'],
  ],
};

describe.each(Object.entries(cases))('%s', (_, own) => {
  it.each(own)('%s (case %#)', async (rule, rows, passed, metric) => {
    expect(await bench.one(rule, rows)).toEqual({ passed, metric });
  });
});
