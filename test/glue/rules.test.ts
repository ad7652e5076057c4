import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { meantRule, rows } from '../functions/quality/generated-rules.ts';
import { RULE_CASES } from '../functions/quality/rule-cases.ts';
import { type Batch, type Bench, openBench } from '../functions/quality/ruleset-bench.ts';
import { describeSpark } from '../spark/spark.ts';
import { chunks, validateOnSpark } from './rules-on-spark.ts';

const rulesetOf = (rules: readonly string[]) => `Rules = [\n${rules.join(',\n')}\n]`;
const cases = Object.values(RULE_CASES)
  .flat()
  .filter(([rule]) => !rule.includes('CustomSql'));

describeSpark('our SQL on Spark', (spark) => {
  let bench: Bench;
  beforeAll(async () => {
    bench = await openBench();
  });
  afterAll(() => bench?.close());

  test.each(chunks(cases).map((own, index) => ({ own, part: index + 1 })))(
    'gives every rule the answer that it has, part $part',
    async ({ own }) => {
      const batch = Object.fromEntries(own.map(([, given], index) => [`${index}.csv`, given]));
      const { outcomes } = await validateOnSpark(spark(), rulesetOf(own.map(([rule]) => rule)), batch);
      expect(own.map(([rule, given], index) => [rule, given, outcomes[`${index}.csv`]?.[index]])).toEqual(
        own.map(([rule, given, passed, metric]) => [rule, given, { passed, metric }]),
      );
    },
    300_000,
  );

  test('validates generated files by generated rules as DuckDB does, and as they are meant', async () => {
    const meant = fc.sample(meantRule, { numRuns: 60, seed: 20240630 });
    const files = fc.sample(rows, { numRuns: 40, seed: 20240630 });
    const batch: Batch = Object.fromEntries(files.map((own, index) => [`${index}.csv`, own]));
    const ruleset = rulesetOf(meant.map(({ text }) => text));
    const { outcomes } = await validateOnSpark(spark(), ruleset, batch);
    expect(outcomes).toEqual((await bench.validate(ruleset, batch)).outcomes);
    for (const [index, own] of files.entries())
      expect(outcomes[`${index}.csv`]?.map(({ passed }) => passed)).toEqual(
        meant.map(({ meets }) => meets(own)),
      );
  }, 300_000);

  test('gives the same rows as examples', async () => {
    const ruleset = rulesetOf([
      'IsComplete "id" where "name <> \'b\'"',
      'ColumnValues "name" in ["a", EMPTY, WHITESPACES_ONLY]',
      'ColumnValues "name" not matches "\\d+|[a-c]\\\\"',
      'ColumnLength "name" < 2 with threshold > 0.5',
      'ColumnDataType "name" in ["Integer", "Timestamp"]',
      'DataFreshness "seen" <= 90 minutes',
      'Uniqueness "id" > 0.9',
      'IsPrimaryKey "id" "name"',
      '(IsUnique "name") and (ColumnValues "born" > (now() - 3 days))',
    ]);
    const batch: Batch = {
      'a.csv': [
        { id: 1, name: 'a', seen: '2024-06-30 10:30:00', born: '2024-06-29' },
        { id: 1, name: "it's 1\\", seen: '2024-06-30 10:29:59.999999', born: '2024-06-27' },
        { id: null, name: '12', seen: null, born: null },
        { id: 2, name: null, seen: '2024-06-30 12:00:00', born: '2024-06-28' },
      ],
      'b.csv': [
        { id: 1, name: ' ', price: 1.5, score: 0.1, liked: true },
        { id: 3, name: '2024-02-29 01:02:03', price: -0.05 },
      ],
      'c.csv': [],
    };
    const { examples } = await validateOnSpark(spark(), ruleset, batch, { examples: true });
    const expected = await bench.examples(ruleset, batch);
    expect(examples.map(({ number, rows: own }) => [number, sorted(own)])).toEqual(
      expected.map(({ number, rows: own }) => [number, sorted(own)]),
    );
    expect(examples.flatMap(({ rows: own }) => own).length).toBeGreaterThan(12);
  }, 300_000);
});

/** Rows have no order, and the engines print numbers each in its way. */
const sorted = (own: readonly Readonly<Record<string, unknown>>[]): string[] =>
  own.map((row) => JSON.stringify(Object.entries(row).map(([name, value]) => [name, textOf(value)]))).sort();

const textOf = (value: unknown): unknown =>
  value === null || typeof value === 'boolean' ? value : String(value);
