import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldOf, history, inOrder, type Lived, live, renderEdits } from './histories.ts';
import { duckdb, redshiftEngine } from './warehouses.ts';

/** All that is left of a history: gold, what each rebuild unloaded, and the record of what was applied. */
const remainsOf = async ({ warehouse, rebuilds }: Lived): Promise<unknown> => {
  const mart = rebuilds.at(-1)?.mart;
  const applied = 'select origin, name, version, batch_id from gold.applied_inputs';
  return {
    gold: mart && (await goldOf(warehouse, mart)),
    unloaded: rebuilds.map(({ rows }) =>
      Object.fromEntries([...rows].map(([name, unloaded]) => [name, inOrder(unloaded)])),
    ),
    files: inOrder(await warehouse.query(`${applied} where origin <> 'model'`)),
    texts: (await warehouse.query(`${applied} where origin = 'model'`)).length,
    batches: inOrder(await warehouse.query('select batch_id, rebuild, seq from gold.applied_batches')),
    fence: await warehouse.query('select mart, seq, rebuild from gold.fence'),
    latest: inOrder(await warehouse.query('select model, item, seq from gold.latest_items')),
  };
};

describe('Redshift’s statements on PostgreSQL', () => {
  const redshift = redshiftEngine();

  it('leave, after any history, the very rows that DuckDB’s leave', async () => {
    const [onDuckdb, onRedshift] = [await renderEdits('duckdb'), await renderEdits('redshift')];
    await fc.assert(
      fc.asyncProperty(history, async (steps) => {
        const lived = await Promise.all([live(duckdb, onDuckdb, steps), live(redshift, onRedshift, steps)]);
        try {
          const [expected, actual] = await Promise.all(lived.map(remainsOf));
          expect(actual).toEqual(expected);
        } finally {
          await Promise.all(lived.map(({ warehouse }) => warehouse.close()));
        }
      }),
      { numRuns: Number(process.env.SOUNDCHECK_RUNS ?? 12) },
    );
  }, 240_000);
});
