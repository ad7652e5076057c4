import fc from 'fast-check';
import { expect, test } from 'vitest';
import { describeGoldEngines } from './engines/describe-engines.ts';
import { type Relation, rowsOf } from './engines/engine.ts';
import { textOf } from './shop/plain-history.ts';
import { openModelTexts } from './templates.ts';

const render = await openModelTexts();

const part = fc.constantFrom(
  '',
  '-',
  ':',
  '|',
  '1',
  '0',
  '1:',
  '1:1',
  '-1',
  ' ',
  'a',
  '😀',
  'é',
  'null',
  '\\',
  "'",
);
const word = fc.oneof(
  fc.constant(null),
  fc.array(part, { maxLength: 3 }).map((parts) => parts.join('')),
);
const number = fc.option(fc.constantFrom('0', '1', '11', '-1'));
const list = fc.record({
  one: word,
  other: word,
  whole: number,
  amount: fc.constantFrom(null, '0.00', '1.10'),
  small: fc.constantFrom(null, 1, 11),
  day: fc.constantFrom(null, '2024-02-29', '0001-01-01'),
  moment: fc.constantFrom(null, '2024-02-29 00:00:00', '2024-02-29 00:00:00.000001', '9999-12-31 23:59:59'),
  liked: fc.constantFrom(null, true, false),
  owned: fc.constantFrom(null, true, false),
});
type List = Readonly<Record<keyof typeof columns, unknown>>;

/** Every type of a column, as DuckDB writes it. */
const columns = {
  one: 'varchar',
  other: 'varchar',
  whole: 'bigint',
  amount: 'decimal(9,2)',
  small: 'smallint',
  day: 'date',
  moment: 'timestamp',
  liked: 'boolean',
  owned: 'boolean',
} as const;
const types = `{'liked': 'boolean', 'owned': 'boolean', 'weight': 'double precision', 'height': 'double precision'}`;

/** Floats that differ in their last digits only, or by their size. */
const float = fc.oneof(
  fc.constantFrom(
    null,
    0,
    1,
    -1,
    10,
    0.1 + 0.2,
    0.3,
    1e-300,
    9.999999999999999e299,
    5e-324,
    123456789012345680,
  ),
  fc.double({ min: -1e299, max: 1e299, noNaN: true }),
  fc.nat({ max: 40 }).map((steps) => 0.3 + steps * 2 ** -54),
);

const asValue = (value: unknown, type: string) => {
  if (type === 'boolean') return { boolean: typeof value === 'boolean' ? value : null };
  return value === null || value === undefined ? null : String(value);
};

/** Fails if two lists of values have the same text; gives the number of different ones. */
const differences = (said: Iterable<readonly [text: string, values: readonly unknown[]]>): number => {
  const meant = new Map<string, string>();
  for (const [text, values] of said) {
    const list = JSON.stringify(values);
    expect(meant.get(text) ?? list).toBe(list);
    meant.set(text, list);
  }
  return meant.size;
};

describeGoldEngines('the text under a surrogate key', (engine) => {
  test('is the same only for the same values: separators, NULL, empty texts, numbers, booleans and moments', async () => {
    const lists: List[] = fc.sample(list, 3000);
    const names = Object.keys(columns) as (keyof typeof columns)[];
    const widths = names.map((_, least) => names.slice(0, least + 1));
    const selects = widths.map(
      (own) =>
        `select number, ${own.length} as width, {{ key_text(${JSON.stringify(own)}, types) }} as said, {{ surrogate_key(${JSON.stringify(own)}, types=types) }} as surrogate from lists`,
    );
    const sql = render(`{% set types = ${types} %}${selects.join(' union all ')}`, engine.type);
    const relation: Relation = {
      name: 'lists',
      columns: { number: 'bigint', ...columns },
      rows: lists.map((values, at) => ({ number: at, ...values })),
    };
    const kinds = { number: 'text', width: 'text', said: 'text', surrogate: 'text' } as const;
    const rows = await rowsOf(engine, { relations: [relation], sql, columns: kinds });
    const meant = rows.map(({ number, width, said, surrogate }) => {
      const own = names.slice(0, Number(width));
      const values = own.map((name) => asValue(lists[Number(number)]?.[name], columns[name]));
      expect(said).toBe(textOf(values));
      return { values, texts: [String(said), String(surrogate)] };
    });
    expect(rows).toHaveLength(names.length * lists.length);
    expect(
      differences(meant.flatMap(({ values, texts }) => texts.map((text) => [text, values] as const))),
    ).toBeGreaterThan(3000);
  }, 60_000);

  test('tells floats apart to their last digit, also where an engine shows fifteen', async () => {
    const lists = fc.sample(fc.record({ weight: float, height: float, word }), 3000);
    const relation: Relation = {
      name: 'floats',
      columns: { number: 'bigint', weight: 'double', height: 'double', word: 'varchar' },
      rows: lists.map((values, at) => ({ number: at, ...values })),
    };
    const text = `{{ key_text(['weight', 'height', 'word'], types=${types}) }}`;
    const sql = render(`select number, ${text} as said from floats`, engine.type);
    const fifteen = engine.type === 'redshift' ? ['set extra_float_digits = 0'] : [];
    const kinds = { number: 'text', said: 'text' } as const;
    const rows = await rowsOf(engine, { relations: [relation], sql, columns: kinds, before: fifteen });
    const said = rows.map(({ number, said: own }) => {
      const { weight, height, word: last } = lists[Number(number)] ?? {};
      const exact = [weight, height].map((value) =>
        value === null ? null : `${Object.is(value, -0) ? 0 : value}`,
      );
      return [String(own).replaceAll('-0.0 ', '0.0 '), [...exact, last]] as const;
    });
    expect(differences(said)).toBeGreaterThan(2000);
  }, 60_000);
});
