import fc from 'fast-check';
import type { Row } from './ruleset-bench.ts';

/** A rule with its meaning in plain TypeScript: whether the rows of one file meet it. */
export type MeantRule = { readonly text: string; readonly meets: (rows: readonly Row[]) => boolean };

type Test = (value: number) => boolean;
type MeantCondition = { readonly text: string; readonly holds: Test };

const id = fc.option(fc.integer({ min: -2, max: 4 }));
const name = fc.option(fc.constantFrom('', ' ', 'a', 'ab', 'é', "o'x", '12'));
const price = fc.option(fc.integer({ min: -150, max: 150 }).map((cents) => cents / 100));

/** Rows with many NULLs, repeats and boundary values; often none at all. */
export const rows: fc.Arbitrary<Row[]> = fc.array(fc.record({ id, name, price }), { maxLength: 6 });

const conditionOn = (operand: fc.Arbitrary<number>): fc.Arbitrary<MeantCondition> =>
  fc.oneof(
    fc.tuple(fc.constantFrom('=', '!=', '<', '<=', '>', '>='), operand).map(([operator, b]) => ({
      text: `${operator} ${b}`,
      holds: (a: number) => compare(a, operator, b),
    })),
    fc.tuple(fc.boolean(), operand, operand).map(([negated, low, high]) => ({
      text: `${negated ? 'not ' : ''}between ${low} and ${high}`,
      holds: (a: number) => (a > low && a < high) !== negated,
    })),
    fc.tuple(fc.boolean(), fc.array(operand, { minLength: 1, maxLength: 3 })).map(([negated, list]) => ({
      text: `${negated ? 'not ' : ''}in [${list.join(', ')}]`,
      holds: (a: number) => list.includes(a) !== negated,
    })),
  );

const compare = (a: number, operator: string, b: number): boolean => {
  if (operator === '=') return a === b;
  if (operator === '!=') return a !== b;
  if (operator === '<') return a < b;
  if (operator === '<=') return a <= b;
  return operator === '>' ? a > b : a >= b;
};

const share = conditionOn(fc.constantFrom(0, 0.25, 0.5, 0.75, 1));
const whole = conditionOn(fc.integer({ min: -1, max: 5 }));

const predicate = fc.constantFrom<{ text: string; holds: (row: Row) => boolean }>(
  { text: '', holds: () => true },
  { text: ' where "id > 1"', holds: (row) => row.id !== null && Number(row.id) > 1 },
  {
    text: ' where "name is not null and price <> 0.5"',
    holds: (row) => row.name !== null && row.price !== null && row.price !== 0.5,
  },
);

/** A share of nothing meets every condition. */
const shareMeets = (part: number, all: number, test: Test): boolean => all === 0 || test(part / all);

const everyRow = (
  text: fc.Arbitrary<{ text: string; right: (row: Row) => boolean; validated?: (row: Row) => boolean }>,
  takesThreshold: boolean,
): fc.Arbitrary<MeantRule> =>
  fc
    .tuple(text, predicate, takesThreshold ? fc.option(share) : fc.constant(null))
    .map(([rule, where, threshold]) => ({
      text: `${rule.text}${where.text}${threshold ? ` with threshold ${threshold.text}` : ''}`,
      meets: (all) => {
        const validated = all.filter(where.holds).filter(rule.validated ?? (() => true));
        const right = validated.filter(rule.right).length;
        return shareMeets(right, validated.length, threshold?.holds ?? ((part) => part === 1));
      },
    }));

const column = fc.constantFrom('id', 'name', 'price');

const isComplete = everyRow(
  column.map((own) => ({ text: `IsComplete "${own}"`, right: (row) => row[own] !== null })),
  false,
);

const columnValues = everyRow(
  whole.map(({ text, holds }) => ({
    text: `ColumnValues "id" ${text}`,
    right: ({ id: value }) => (value === null ? /^(!=|not in)/.test(text) : holds(Number(value))),
  })),
  true,
);

const columnLength = everyRow(
  whole.map(({ text, holds }) => ({
    text: `ColumnLength "name" ${text}`,
    validated: (row) => row.name !== null,
    right: (row) => holds([...String(row.name)].length),
  })),
  true,
);

const completeness = fc.tuple(column, share).map(
  ([own, { text, holds }]): MeantRule => ({
    text: `Completeness "${own}" ${text}`,
    meets: (all) => shareMeets(all.filter((row) => row[own] !== null).length, all.length, holds),
  }),
);

const countsOf = (all: readonly Row[], columns: readonly string[]): readonly number[] => {
  const counts = new Map<string, number>();
  for (const row of all) {
    const key = JSON.stringify(columns.map((own) => row[own]));
    counts.set(key, (counts.get(key) ?? 0) + 1);
  }
  return [...counts.values()];
};

const keyColumns = fc.constantFrom(['id'], ['name'], ['id', 'name']);

const keyRule = fc
  .tuple(fc.constantFrom('IsUnique', 'Uniqueness', 'UniqueValueRatio'), keyColumns, share, predicate)
  .map(([type, several, { text, holds }, where]): MeantRule => {
    const columns = type === 'UniqueValueRatio' ? several.slice(0, 1) : several;
    const isUnique = type === 'IsUnique';
    return {
      text: `${type} ${columns.map((own) => `"${own}"`).join(' ')}${isUnique ? '' : ` ${text}`}${where.text}`,
      meets: (all) => {
        const keyed = all.filter(where.holds).filter((row) => columns.some((own) => row[own] !== null));
        const counts = countsOf(keyed, columns);
        const once = counts.filter((count) => count === 1).length;
        const total = type === 'UniqueValueRatio' ? counts.length : keyed.length;
        return shareMeets(once, total, isUnique ? (part) => part === 1 : holds);
      },
    };
  });

const primaryKey = fc.tuple(keyColumns, predicate).map(
  ([columns, where]): MeantRule => ({
    text: `IsPrimaryKey ${columns.map((own) => `"${own}"`).join(' ')}${where.text}`,
    meets: (all) => {
      const validated = all.filter(where.holds);
      const isComplete = validated.every((row) => columns.every((own) => row[own] !== null));
      return isComplete && countsOf(validated, columns).every((count) => count === 1);
    },
  }),
);

const figureRule = fc
  .tuple(
    fc.constantFrom('RowCount', 'DistinctValuesCount', 'Sum', 'Mean', 'StandardDeviation'),
    whole,
    predicate,
  )
  .map(
    ([type, { text, holds }, where]): MeantRule => ({
      text: `${type}${type === 'RowCount' ? '' : ' "id"'} ${text}${where.text}`,
      meets: (all) => {
        const figure = figureOf(type, all.filter(where.holds));
        return figure !== undefined && holds(figure);
      },
    }),
  );

const figureOf = (type: string, all: readonly Row[]): number | undefined => {
  if (type === 'RowCount') return all.length;
  if (type === 'DistinctValuesCount') return countsOf(all, ['id']).length;
  const values = all.flatMap((row) => (row.id === null ? [] : [Number(row.id)]));
  if (values.length === 0) return undefined;
  const sum = values.reduce((a, b) => a + b, 0);
  if (type === 'Sum') return sum;
  const mean = sum / values.length;
  const squares = values.reduce((total, value) => total + (value - mean) ** 2, 0);
  return Number((type === 'Mean' ? mean : Math.sqrt(squares / values.length)).toFixed(9));
};

const atom = fc.oneof(isComplete, columnValues, columnLength, completeness, keyRule, primaryKey, figureRule);

const composite = fc.tuple(fc.constantFrom('and', 'or'), atom, atom).map(
  ([kind, a, b]): MeantRule => ({
    text: `(${a.text}) ${kind} (${b.text})`,
    meets: (all) => (kind === 'and' ? a.meets(all) && b.meets(all) : a.meets(all) || b.meets(all)),
  }),
);

/** Rules over the columns of generated rows. */
export const meantRule: fc.Arbitrary<MeantRule> = fc.oneof(
  { weight: 5, arbitrary: atom },
  { weight: 1, arbitrary: composite },
);
