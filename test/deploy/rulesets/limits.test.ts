import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { rulesetProblems } from '../../../deploy/rulesets/problems.ts';
import { loadParser } from '../../../deploy/sql/tree.ts';

const manifest = JSON.stringify({
  version: '1.0',
  directory: 'data/sales/',
  schema: {
    extension: '.csv',
    max_rows: 100,
    fields: {
      units: { type: 'int', min: 0, max: 10 },
      code: { type: 'string', length: 22, required: true },
      kind: { type: 'string', one_of: ['a', 'b'] },
      sold_on: { type: 'date', min: '2024-01-01' },
      price: { type: 'decimal(5,2)' },
      note: { type: 'string' },
    },
  },
});
const columns = [
  ...[
    ['units', 'bigint'],
    ['code', 'varchar(64)'],
    ['kind', 'varchar(4)'],
    ['sold_on', 'date'],
    ['price', 'decimal(5,2)'],
    ['note', 'varchar(64)'],
  ].map(([name = '', type = '']) => ({ name, type, source: name })),
  { name: 'is_paid', type: 'boolean' },
  { name: 'sold_at', type: 'timestamp' },
  { name: 'size', type: 'bigint' },
  { name: 'nothing', type: 'varchar(9)', isNull: true },
];
const problemsIn = (rules: string): string[] =>
  rulesetProblems({ dataset: 'sales', manifest, ruleset: `Rules = [\n${rules}\n]` }, [
    { dataset: 'sales', columns },
  ]).map(({ line, message }) => `${line} ${message}`);

beforeAll(loadParser);

describe('a rule that no file can meet', () => {
  it.each([
    ['ColumnValues "size" between 1 and 1', /between excludes both bounds/],
    ['ColumnValues "size" between 1 and 2', /between excludes both bounds/],
    ['ColumnValues "size" between 5 and 1', /between excludes both bounds/],
    ['ColumnValues "price" between 1 and 1.01', /between excludes both bounds/],
    ['ColumnValues "sold_on" between "2025-01-01" and "2025-01-02"', /between excludes both bounds/],
    ['ColumnValues "size" between 9223372036854775806 and 9223372036854775807', /between/],
    ['ColumnValues "size" = 9223372036854775808', /no such whole value/],
    ['ColumnValues "size" = 1.5', /no such whole value/],
    ['ColumnLength "note" = 1.5', /no such whole value/],
    ['ColumnLength "note" < 0', /no such whole value/],
    ['RowCount between 0 and 1', /between/],
    ['RowCount < 0', /can never pass/],
    ['DistinctValuesCount "note" < 0', /can never pass/],
    ['StandardDeviation "size" < 0', /can never pass/],
    ['Mean "size" between 5 and 5', /can never pass/],
    ['Completeness "note" >= 90', /a share from 0 to 1 \(90 % is 0.9\)/],
    ['Uniqueness "note" > 1', /a share from 0 to 1/],
    ['ColumnValues "size" > 5 with threshold > 1', /its threshold is a share/],
    ['ReferentialIntegrity "note" "sales.note" > 1', /a share from 0 to 1/],
    ['ColumnExists "nte"', /sales has no column "nte"; did you mean "note"\?/],
    ['ColumnCount = 3', /sales has 10 columns/],
    ['IsComplete "nothing"', /together with what the manifest accepts/],
    ['ColumnValues "units" > 20', /what the manifest accepts: no value of "units"/],
    ['ColumnLength "code" = 21', /what the manifest accepts/],
    ['ColumnLength "kind" > 1', /what the manifest accepts/],
    ['ColumnValues "kind" in ["c"]', /what the manifest accepts/],
    ['ColumnValues "code" = NULL', /what the manifest accepts/],
    ['ColumnValues "sold_on" < "2024-01-01"', /what the manifest accepts/],
    ['RowCount > 100', /what the manifest accepts/],
    ['(RowCount > 5) or (ColumnValues "size" between 1 and 1)', /between/],
  ])('is rejected by itself: %s', (rule, message) => {
    expect(problemsIn(rule)).toEqual([expect.stringMatching(message)]);
    expect(problemsIn(rule)[0]).toMatch(/^2 can never pass/);
  });

  it.each([
    ['ColumnLength "note" > 5', 'ColumnLength "note" < 3'],
    ['ColumnValues "size" > 5', 'ColumnValues "size" <= 5'],
    ['ColumnValues "size" between 1 and 3', 'ColumnValues "size" != 2'],
    ['ColumnValues "note" in ["a"]', 'ColumnValues "note" not in ["a", NULL]'],
    ['ColumnValues "is_paid" = "true"', 'ColumnValues "is_paid" = "false"'],
    ['ColumnValues "sold_at" > "2024-01-03"', 'ColumnValues "sold_at" < "2024-01-02"'],
    ['IsComplete "note"', 'ColumnValues "note" = NULL'],
    ['IsComplete "note"', 'Completeness "note" < 0.9'],
    ['IsPrimaryKey "note"', 'Uniqueness "note" < 1'],
    ['RowCount > 10', 'RowCount < 5'],
    ['Sum "size" > 10', 'Sum "size" < 5'],
    ['ColumnValues "size" > 5 where "price > 1"', 'ColumnValues "size" < 5 where "price > 1"'],
    ['(ColumnValues "size" > 5) and (RowCount > 1)', 'ColumnValues "size" < 5'],
  ])('is rejected beside another: %s, %s', (one, other) => {
    expect(problemsIn(`${one},\n${other}`)).toEqual([
      expect.stringMatching(/^3 can never pass together with the rule in line 2/),
    ]);
  });
});

describe('a rule that every file meets', () => {
  it.each([
    'RowCount >= 0',
    'Completeness "note" >= 0',
    'Completeness "note" <= 1',
    'ColumnLength "note" >= 0',
    'StandardDeviation "size" >= 0',
    'Uniqueness "note" not between 1 and 0',
    'ColumnLength "note" > 5 with threshold >= 0',
  ])('is rejected: %s', (rule) => {
    expect(problemsIn(rule)).toEqual([expect.stringMatching(/^2 can never fail/)]);
  });
});

describe('a rule that some files meet', () => {
  it.each([
    'ColumnValues "size" between 1 and 3',
    'ColumnValues "price" between 1 and 1.02',
    'ColumnValues "sold_at" between "2025-01-01" and "2025-01-02"',
    'Completeness "note" > 0.9',
    'Completeness "note" = 1',
    'RowCount > 0, RowCount <= 100',
    'ColumnLength "code" = 22, ColumnLength "kind" = 1',
    'ColumnValues "kind" in ["a", "c"]',
    'ColumnValues "note" != "a", ColumnValues "note" != "b"',
    'ColumnValues "size" > 5, ColumnValues "size" < 5 where "price > 1"',
    'ColumnValues "size" > 5 with threshold > 0.4, ColumnValues "size" < 5 with threshold > 0.4',
    '(ColumnValues "size" > 5) or (ColumnValues "size" < 5)',
    'ColumnValues "sold_at" <= now(), DataFreshness "sold_at" < 3 days',
    'ColumnValues "note" in [EMPTY, WHITESPACES_ONLY], ColumnValues "note" matches "[a-z]*"',
    'ColumnValues "size" < 5, ColumnValues "size" != NULL',
  ])('is taken: %s', (rules) => {
    expect(problemsIn(rules)).toEqual([]);
  });

  it('is taken whenever a value meets all rules on its column, and only then', { timeout: 60_000 }, () => {
    const bound = fc.integer({ min: -4, max: 4 });
    const rule = fc.oneof(
      fc.tuple(fc.constantFrom('<', '<=', '>', '>=', '=', '!='), bound).map(([operator, at]) => ({
        text: `${operator} ${at}`,
        holds: (value: number) =>
          ({
            '<': value < at,
            '<=': value <= at,
            '>': value > at,
            '>=': value >= at,
            '=': value === at,
            '!=': value !== at,
          })[operator] ?? false,
      })),
      fc.tuple(bound, bound, fc.boolean()).map(([low, high, isNegated]) => ({
        text: `${isNegated ? 'not ' : ''}between ${low} and ${high}`,
        holds: (value: number) => (value > low && value < high) !== isNegated,
      })),
    );
    fc.assert(
      fc.property(fc.array(rule, { minLength: 1, maxLength: 4 }), (rules) => {
        const values = Array.from({ length: 21 }, (_, at) => at - 10);
        const isPossible = values.some((value) => rules.every(({ holds }) => holds(value)));
        const texts = [...rules.map(({ text }) => `ColumnValues "size" ${text}`), 'IsComplete "size"'];
        expect(problemsIn(texts.join(',\n')).length === 0).toBe(isPossible);
      }),
      { numRuns: Number(process.env.RULE_SETS ?? 60) },
    );
  });

  it('names every rule of a ruleset that does not compile', () => {
    expect(problemsIn('IsComplete "nte",\nRowCount > 1,\nMean "note" > 1')).toEqual([
      '2 sales has no column "nte"; did you mean "note"?',
      expect.stringMatching(/^4 Mean applies to numbers/),
    ]);
  });
});
