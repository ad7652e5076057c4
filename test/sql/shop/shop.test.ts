import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { goldOf, type Lived, live, renderEdits } from '../histories.ts';
import { publishedKpis } from '../published.ts';
import type { Row, TestWarehouse } from '../warehouse.ts';
import { describeWarehouses, duckdb } from '../warehouses.ts';
import { shopEdits, shopHistory } from './histories.ts';
import { salesKpisOf, salesOf, viewsOf } from './plain-sales.ts';

const runs = Number(process.env.SOUNDCHECK_RUNS ?? 8);
const shop = { mart: 'shop', edits: shopEdits };

/** The KPI table after all rebuilds of a history. */
const kpisAfter = ({ rebuilds }: Lived): Record<string, Row> => {
  const published = publishedKpis();
  for (const [at, { mart, rows }] of rebuilds.entries()) published.publish(mart, at + 1, rows);
  return Object.fromEntries(published.visible());
};

const sorted = (rows: readonly Row[]): string[] =>
  rows.map((row) => JSON.stringify(Object.entries(row).sort(([a], [b]) => (a < b ? -1 : 1)))).sort();

/** Rows of a view with numbers where the expected rows have them. */
const rowsLike = async (
  warehouse: TestWarehouse,
  view: string,
  [example = {}]: readonly Row[],
): Promise<Row[]> => {
  const rows = await warehouse.query(`select * from gold.${view}`);
  return rows.map((row) =>
    Object.fromEntries(
      Object.entries(row).map(([name, value]) => [
        name,
        typeof example[name] === 'number' ? Number(value) : value,
      ]),
    ),
  );
};

describeWarehouses('the shop', (engine) => {
  it('has, after any history, the views and KPIs that a plain program computes from the rows of the files', async () => {
    const catalogs = await renderEdits(engine.target, shop);
    let sold = 0;
    await fc.assert(
      fc.asyncProperty(shopHistory, async (steps) => {
        const lived = await live(engine, catalogs, [...steps, { edit: 'asItIs' }]);
        try {
          const sales = salesOf(lived.files);
          sold += sales.length;
          for (const [view, rows] of Object.entries(viewsOf(sales)))
            expect(sorted(await rowsLike(lived.warehouse, view, rows)), view).toEqual(sorted(rows));
          expect(kpisAfter(lived)).toEqual(Object.fromEntries(salesKpisOf(sales)));
        } finally {
          await lived.warehouse.close();
        }
      }),
      { numRuns: runs },
    );
    expect(sold).toBeGreaterThan(0);
  }, 240_000);

  it('sells to the version of a user that is true at that moment, from its first microsecond on', async () => {
    const catalogs = await renderEdits(engine.target, { ...shop, edits: { asItIs: [] } });
    const moment = '2024-02-01 00:00:00.5';
    const user = { user_id: 'u1', user_name: 'Ann', user_lastname: 'C', user_since: moment };
    const sale = { user_id: 'u1', observed_at: moment, item_number: 1, currency: 'USD', artist_id: 'AR1' };
    const lived = await live(engine, catalogs, [
      {
        ...{ land: 'users', file: 'u', late: false },
        rows: [
          { ...user, country_code: 'FR', observed_at: '2024-01-01 00:00:00' },
          { ...user, country_code: 'DE', observed_at: moment },
        ],
      },
      {
        ...{ land: 'sessions', file: 's', late: false },
        rows: [
          {
            ...sale,
            session_id: 's1',
            song_id: 'TR1',
            price: '1.00',
            session_start_time: '2024-02-01 00:00:00.499999',
          },
          { ...sale, session_id: 's2', song_id: 'TR1', price: '0.10', session_start_time: moment },
        ],
      },
    ]);
    const rows = await lived.warehouse.query(
      'select country_code, cast(total_sales as varchar(20)) as total from gold.sales_per_country_vw order by country_code',
    );
    await lived.warehouse.close();
    expect(rows).toEqual([
      { country_code: 'DE', total: '0.10' },
      { country_code: 'FR', total: '1.00' },
    ]);
  }, 60_000);
});

describe('incremental rebuilds of the shop', () => {
  it('leave the gold and the KPIs that one full rebuild of the same files gives', async () => {
    const catalogs = await renderEdits('duckdb', shop);
    await fc.assert(
      fc.asyncProperty(shopHistory, async (steps) => {
        const lived = await live(duckdb, catalogs, steps);
        const { catalog, mart } = catalogs(lived.edit);
        const fresh = await duckdb.open(catalog);
        try {
          for (const file of lived.files) await fresh.publish(file);
          const whole = publishedKpis();
          whole.publish(mart, 1, await fresh.rebuild(mart));
          expect(await goldOf(lived.warehouse, mart)).toEqual(await goldOf(fresh, mart));
          expect(kpisAfter(lived)).toEqual(Object.fromEntries(whole.visible()));
        } finally {
          await Promise.all([lived.warehouse.close(), fresh.close()]);
        }
      }),
      { numRuns: runs },
    );
  }, 240_000);
});
