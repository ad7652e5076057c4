import fc from 'fast-check';
import { expect } from 'vitest';
import { type Row, rowsOf, type TestEngine } from '../engines/engine.ts';
import { type MacroTests, render } from './macro-test.ts';

type Pair = readonly [numerator: bigint, denominator: bigint, decimals: number];

const decimalsTested = [1, 2, 3, 4];
/** What Spark's quotient has room for with four decimals and a denominator of 1. */
const mostNumerator = 10n ** 27n - 1n;

/** Pairs within the bound that the macro states, many of them ties or next to one, or at the bound. */
const pairs: fc.Arbitrary<Pair> = fc
  .record({
    decimals: fc.constantFrom(...decimalsTested),
    denominator: fc.oneof(
      fc.bigInt({ min: 1n, max: 1000n }),
      fc
        .tuple(fc.integer({ min: 0, max: 12 }), fc.integer({ min: 0, max: 6 }))
        .map(([twos, fives]) => 2n ** BigInt(twos) * 5n ** BigInt(fives)),
      fc.bigInt({ min: 1n, max: 10n ** 30n }),
    ),
    share: fc.oneof(
      fc.bigInt({ min: 0n, max: 10n ** 6n }),
      fc.constantFrom(0n, 10n ** 6n),
      fc.constantFrom(1n),
    ),
    isSmall: fc.boolean(),
  })
  .map(({ decimals, denominator, share, isSmall }): Pair => {
    const numerator = isSmall ? share : (mostNumerator * share) / 10n ** 6n;
    return [numerator, denominator, decimals];
  });

const halfUp = ([numerator, denominator, decimals]: Pair): string => {
  const units = (2n * numerator * 10n ** BigInt(decimals) + denominator) / (2n * denominator);
  const digits = String(units).padStart(decimals + 1, '0');
  return `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}`;
};

/** Asks for all pairs at once; each row has the ratio with the decimals that it is about. */
const ratiosOn = async (engine: TestEngine, rows: readonly Row[]): Promise<readonly Row[]> => {
  const columns = decimalsTested.map(
    (decimals) =>
      `cast({{ half_up_ratio('numerator', 'denominator', ${decimals}) }} as decimal(38, ${decimals})) as with_${decimals}`,
  );
  const given = `select id, cast(numerator as decimal(38, 0)) as numerator, cast(denominator as decimal(38, 0)) as denominator from ratios`;
  const sql = render(`select id, ${columns.join(', ')} from (${given}) as given order by id`, engine.type);
  const relation = {
    name: 'ratios',
    columns: { id: 'bigint', numerator: 'varchar', denominator: 'varchar' },
    rows,
  };
  const kinds = Object.fromEntries(
    decimalsTested.map((decimals) => [`with_${decimals}`, 'decimal' as const]),
  );
  return rowsOf(engine, { relations: [relation], sql, columns: kinds });
};

/** Tests of the macros of `sql/macros/ratios.sql`. */
export const ratioMacros: MacroTests = {
  half_up_ratio: {
    engines: 'all',
    says: 'is exact and half up within its bound, and NULL without a denominator',
    run: async (engine) => {
      const odd = [
        [null, 1],
        [1, null],
        [null, null],
        [1, 0],
        [0, 0],
      ];
      const rows = odd.map(([numerator, denominator], id) => ({ id, numerator, denominator }));
      const nothing = Object.fromEntries(decimalsTested.map((decimals) => [`with_${decimals}`, null]));
      expect(await ratiosOn(engine, rows)).toEqual(odd.map(() => nothing));
      await fc.assert(
        fc.asyncProperty(fc.array(pairs, { minLength: 4000, maxLength: 4000 }), async (made) => {
          const found = await ratiosOn(
            engine,
            made.map(([numerator, denominator, decimals], id) => ({
              id,
              numerator: String(numerator),
              denominator: String(denominator),
              decimals,
            })),
          );
          const wrong = made
            .map((pair, at) => ({ pair, found: found[at]?.[`with_${pair[2]}`], exact: halfUp(pair) }))
            .filter(({ found: ratio, exact }) => ratio !== exact);
          expect(wrong).toEqual([]);
        }),
        { numRuns: 1, endOnFailure: true },
      );
    },
  },
};
