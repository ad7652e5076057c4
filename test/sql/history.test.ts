import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { describeGoldEngines } from './engines/describe-engines.ts';
import { type Relation, type Row, rowsOf, type TestEngine } from './engines/engine.ts';
import { historyOf, isPulled, type Observation, type Version } from './shop/plain-history.ts';
import { openModelTexts } from './templates.ts';

const render = await openModelTexts();
const runs = Number(process.env.SOUNDCHECK_RUNS ?? 1000);

const columns = {
  thing: 'varchar',
  word: 'varchar',
  place: 'varchar',
  amount: 'decimal(9,2)',
  open: 'boolean',
  weight: 'double',
  observed_at: 'timestamp',
  landed_at: 'timestamp',
  landed_file: 'varchar',
};

const values = fc.tuple(
  fc.constantFrom(null, '', 'a', '-', '1:a'),
  fc.constantFrom(null, 'a', '😀'),
  fc.constantFrom(null, '0.00', '-1.50'),
  fc.constantFrom(null, true, false).map((boolean) => ({ boolean })),
);
const floats = fc.tuple(fc.constantFrom(null, 0, 0.1, 0.1 + 0.2, 0.3));
const moments = [
  '1850-01-01 00:00:00.000000',
  '1900-01-01 00:00:00.000000',
  '1900-01-01 00:00:00.000001',
  '2024-01-01 00:00:00.000000',
  '2024-01-01 00:00:00.000001',
  '2024-01-01 23:59:59.999999',
  '2024-02-29 12:00:00.000000',
];
const landingTime = (number: number): string => `2024-07-01 00:00:0${number}.000000`;

type Seen = Omit<Observation, 'thing'>;
const seen = fc.record({
  at: fc.constantFrom(...moments),
  landed_at: fc.constantFrom(landingTime(0), landingTime(1)),
  landed_file: fc.constantFrom('f', 'g'),
  values,
  floats,
});
/** Histories in which two observations may share all that decides which one counts, except their values. */
const anyHistory = fc.array(seen, { minLength: 1, maxLength: 4 });
/** Histories without two observations of one moment, where the order of arrival decides nothing. */
const clearHistory = fc.uniqueArray(seen, {
  minLength: 1,
  maxLength: 4,
  selector: ({ at }) => (at < '1900-01-01 00:00:00.000001' ? '' : at),
});

const orders = <Item>(items: readonly Item[]): Item[][] =>
  items.length < 2
    ? [[...items]]
    : items.flatMap((item, at) =>
        orders(items.filter((_, other) => other !== at)).map((rest) => [item, ...rest]),
      );

const columnsOf = ({
  values: [word, place, amount, open],
  floats: [weight] = [],
}: Pick<Version, 'values' | 'floats'>): Row => ({
  ...{ word, place, amount, weight: weight ?? null },
  open: typeof open === 'object' && open !== null ? open.boolean : null,
});

const relationOf = (observations: readonly Observation[]): Relation => ({
  name: 'observations',
  columns,
  rows: observations.map(({ at, values: said, floats: numbers, ...rest }) => ({
    ...rest,
    ...{ observed_at: at, ...columnsOf({ values: said, ...(numbers && { floats: numbers }) }) },
  })),
});

const kinds = {
  thing: 'text',
  word: 'text',
  place: 'text',
  amount: 'decimal',
  open: 'boolean',
  weight: 'double',
  is_current: 'boolean',
  valid_from: 'timestamp',
  valid_to: 'timestamp',
} as const;

/** What the macro says of these observations, by thing and time. */
const versionsOn = async (
  engine: TestEngine,
  observations: readonly Observation[],
  snapshots = '',
): Promise<readonly Row[]> => {
  const call = `history('observations', ['thing'], ['word', 'place', 'amount', 'open', 'weight'], 'observed_at', ['landed_at', 'landed_file'], snapshots='${snapshots}', types={'open': 'boolean', 'weight': 'double precision'})`;
  const sql = render(`select ${Object.keys(kinds).join(', ')} from {{ ${call} }} as versions`, engine.type);
  return inOrder(await rowsOf(engine, { relations: [relationOf(observations)], sql, columns: kinds }));
};

const inOrder = (rows: readonly Row[]): readonly Row[] => {
  const keyed = rows.map((row) => ({ row, key: `${row.thing} ${row.valid_from}` }));
  return keyed.sort((a, b) => (a.key < b.key ? -1 : 1)).map(({ row }) => row);
};

const asRows = (versions: readonly Version[]): readonly Row[] =>
  inOrder(
    versions.map(({ values: said, floats: numbers, ...rest }) => ({
      ...rest,
      ...columnsOf({ values: said, ...(numbers && { floats: numbers }) }),
    })),
  );

/** Every history in every order of its observations; each is a thing of its own. */
const inEveryOrder = (
  histories: readonly (readonly Seen[])[],
  arrive: (one: Seen, number: number) => Seen,
): Observation[] =>
  histories.flatMap((history, at) =>
    orders(history).flatMap((order, arrival) =>
      order.map((one, number) => ({ ...arrive(one, number), thing: `${at}/${arrival}` })),
    ),
  );

const shuffled = <Item>(items: readonly Item[], seed: number): Item[] =>
  items
    .map((item, at) => ({ item, key: ((at + 1) * 7919 * (seed + 1)) % 10_007 }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);

describeGoldEngines('the history of things', (engine) => {
  test('is what a plain program computes, in every order of the rows', async () => {
    const observations = inEveryOrder(fc.sample(anyHistory, runs), (one) => one);
    expect(await versionsOn(engine, observations)).toEqual(asRows(historyOf(observations)));
  }, 120_000);

  test('is the same in every order of landing where no moment has two different rows', async () => {
    const histories = fc.sample(clearHistory, runs);
    const observations = inEveryOrder(histories, (one, number) => ({
      ...one,
      landed_at: landingTime(number),
    }));
    const found = await versionsOn(engine, observations);
    expect(found).toEqual(asRows(historyOf(observations)));
    const first = new Map<string, string>();
    const byThing = new Map<string, Row[]>();
    for (const { thing, ...version } of found)
      byThing.set(String(thing), [...(byThing.get(String(thing)) ?? []), version]);
    for (const [thing, versions] of byThing) {
      const [history = ''] = thing.split('/');
      const text = JSON.stringify(versions);
      expect(first.get(history) ?? text).toBe(text);
      first.set(history, text);
    }
    expect(first.size).toBe(histories.length);
  }, 120_000);

  test('ends where a thing is absent from a snapshot, not from another file, and begins again when it returns', async () => {
    const present = fc.array(fc.option(fc.tuple(values, floats), { freq: 3 }), {
      minLength: moments.length,
      maxLength: moments.length,
    });
    const pulled = 'data/plans2/plans2-2024-01-01-2024-01-31-1.jsonl';
    const files = [pulled, `${pulled}#repair`, pulled, 'f', pulled, 'data/plans2/plans2.jsonl', pulled];
    const observations = fc.sample(present, runs).flatMap((things, number) =>
      things.flatMap((said, at) => {
        const row = { at: moments[at] ?? '', landed_at: landingTime(0), landed_file: files[at] ?? '' };
        return said === null ? [] : [{ ...row, thing: String(number), values: said[0], floats: said[1] }];
      }),
    );
    const expected = asRows(historyOf(observations, (file) => isPulled(file, 'plans2')));
    for (const seed of [0, 1, 2])
      expect(await versionsOn(engine, shuffled(observations, seed), 'plans2')).toEqual(expected);
    expect(
      expected.some(({ is_current, thing }, at) => !is_current && expected[at + 1]?.thing !== thing),
    ).toBe(true);
    const without = historyOf(observations.filter(({ landed_file }) => !isPulled(landed_file, 'plans2')));
    expect(without.filter(({ is_current }) => is_current)).toHaveLength(
      new Set(without.map(({ thing }) => thing)).size,
    );
  }, 120_000);
});

describe('the plain program', () => {
  const row = (at: number, ...said: (string | null)[]): Observation => ({
    thing: 't',
    at: moments[at] ?? '',
    landed_at: landingTime(0),
    landed_file: 'f',
    values: said,
  });

  test('merges equal neighbours, keeps changes of one day and tells NULL from an empty text', () => {
    const versions = historyOf([row(3, ''), row(4, ''), row(5, null), row(6, '')]);
    expect(versions.map(({ values: said, valid_from, valid_to }) => [said[0], valid_from, valid_to])).toEqual(
      [
        ['', '1900-01-01 00:00:00.000000', moments[5]],
        [null, moments[5], moments[6]],
        ['', moments[6], '9999-12-31 00:00:00.000000'],
      ],
    );
  });
});
