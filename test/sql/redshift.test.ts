import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import { composeMigration } from '../../functions/warehouse/migration/migration.ts';
import { compact } from '../../functions/warehouse/rebuild/compact.ts';
import { composeRebuild } from '../../functions/warehouse/rebuild/rebuild.ts';
import { goldOf, history, inOrder, type Lived, live, renderEdits } from './histories.ts';
import { forPostgres, parseUnload, shims } from './redshift-shims.ts';
import { runOf } from './warehouse.ts';
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
      { numRuns: Number(process.env.SOUNDCHECK_RUNS ?? 8) },
    );
  }, 240_000);
});

describe('the shims for PostgreSQL', () => {
  const firstMigration = {
    ...{ migration: 'm', seq: 1, target: 'redshift' as const, silver: 'silver' },
    found: { tables: {}, roles: [] },
  };
  const statementsOf = async () => {
    const { marts } = await renderCatalog(process.cwd(), 'redshift');
    return Object.values(marts).flatMap((mart) =>
      [
        ...composeMigration(mart, firstMigration).transactions.flat(),
        ...composeRebuild(mart, runOf(1, 'redshift')),
      ].map((statement) => ({ mart, statement })),
    );
  };

  it('leave every model’s select as it is', async () => {
    const found = new Set<string>();
    for (const { mart, statement } of await statementsOf()) {
      const said = parseUnload(statement)?.select ?? statement;
      for (const { name, incremental_sql, incremental_relations = [] } of mart.models) {
        const held = (sql: string) => [sql, compact(sql).trim()].find((text) => said.includes(text));
        if (held(incremental_sql) === undefined) continue;
        found.add(name);
        for (const sql of [incremental_sql, ...incremental_relations.map((relation) => relation.sql)]) {
          const select = held(sql);
          if (select !== undefined) expect(forPostgres(statement)).toContain(select);
        }
      }
    }
    expect(found).toContain('fact_listens');
    expect(found).toContain('kpi_day_genres');
    expect(found).toContain('dim_date');
  });

  it.each(Object.entries(shims))('are each needed: %s', async (_, { apply }) => {
    const touched = (await statementsOf()).filter(({ statement }) => apply(statement) !== statement);
    expect(touched).not.toEqual([]);
  });
});
