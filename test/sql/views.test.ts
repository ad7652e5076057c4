import { rm } from 'node:fs/promises';
import { beforeAll, expect, it } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import { appliedBy } from '../../functions/warehouse/rebuild/rebuild.ts';
import { joinedBank } from './joined-bank.ts';
import type { TestWarehouse } from './warehouse.ts';
import { describeWarehouses } from './warehouses.ts';

/** A view that reads another one, and whose name comes before it and before the tables. */
const best = `{{ config(materialized='view', meta={'mart': 'banking'}) }}
select cast(account_id as bigint) as account_id, cast(opening as bigint) as opening
from {{ ref('rich_accounts') }}
where opening > 2
`;

/** What they read with one more column. */
const wide = `{{ config(materialized='table', meta={'key': ['account_id'], 'mart': 'banking'}) }}
select cast(account_id as bigint) as account_id, cast(customer_id as bigint) as customer_id,
  cast(branch as varchar(64)) as branch, cast(opening as bigint) as opening, cast(opening + 1 as bigint) as target
from {{ ref('stg_accounts') }}
`;
const rich = best.replace('rich_accounts', 'dim_accounts').replace('opening > 2', 'target > 3');

/** A view that Redshift stores. */
const stored = best.replace("'view'", 'stored_view()').replace('rich_accounts', 'dim_accounts');

const account = { customer_id: 1, branch: 'A' };
const landAccounts = (warehouse: TestWarehouse) =>
  warehouse.publish({
    dataset: 'accounts',
    file: 'accounts1',
    version: 'v1',
    landedAt: '2024-07-01 00:00:00',
    rows: [2, 3].map((opening) => ({ ...account, account_id: opening, opening })),
  });
const bestOf = (warehouse: TestWarehouse) => warehouse.query('select opening from gold.best_accounts');

describeWarehouses('a view over a mart, and one over that view', (engine) => {
  const martOf = async (
    files: Readonly<Record<string, string>>,
  ): Promise<{ catalog: Catalog; mart: Mart }> => {
    const root = await joinedBank(['branches'], { 'sql/views/best_accounts.sql': best, ...files });
    const catalog = await renderCatalog(root, engine.target);
    await rm(root, { recursive: true });
    if (!catalog.marts.banking) throw new Error('no mart');
    return { catalog, mart: catalog.marts.banking };
  };
  let catalog: Catalog;
  let mart: Mart;
  beforeAll(async () => {
    ({ catalog, mart } = await martOf({}));
  });

  it('are made after what they read', async () => {
    const warehouse = await engine.open(catalog);
    await landAccounts(warehouse);
    await warehouse.rebuild(mart);
    expect(await bestOf(warehouse)).toEqual([{ opening: '3' }]);
    await warehouse.close();
  });

  it('are stored and plain again, each time with the rows of what they read', async () => {
    const warehouse = await engine.open(catalog);
    await landAccounts(warehouse);
    await warehouse.rebuild(mart);
    let applied = appliedBy(mart);
    const kinds: unknown[] = [];
    for (const view of [stored, stored.replace('opening > 2', 'opening > 1'), best]) {
      const next = await martOf({ 'sql/views/best_accounts.sql': view });
      await warehouse.rebuild(next.mart, { previous: applied });
      applied = appliedBy(next.mart);
      const [known] = await warehouse.query(
        `select count(*) as plain from information_schema.views where table_name = 'best_accounts'`,
      );
      kinds.push([Number(known?.plain), (await bestOf(warehouse)).length]);
    }
    const isStored = engine.target === 'redshift' ? 0 : 1;
    expect(kinds).toEqual([
      [isStored, 1],
      [isStored, 2],
      [1, 1],
    ]);
    await warehouse.close();
  });

  it('are added to what is there, and follow the columns of what they read', async () => {
    const warehouse = await engine.open(catalog);
    await landAccounts(warehouse);
    const before = { ...mart, models: mart.models.filter(({ kind }) => kind !== 'view') };
    await warehouse.rebuild(before);
    await warehouse.rebuild(mart, { previous: appliedBy(before) });
    const wider = await martOf({ 'sql/marts/dim_accounts.sql': wide, 'sql/views/rich_accounts.sql': rich });
    await warehouse.rebuild(wider.mart, { previous: appliedBy(mart) });
    expect(await bestOf(warehouse)).toEqual([{ opening: '3' }]);
    await warehouse.close();
  });
});
