import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { rebuildNotes, rebuildSize } from '../../../deploy/render/rebuild-notes.ts';
import { renderCatalog } from '../../../deploy/render/render.ts';
import type { Catalog } from '../../../functions/pipeline/catalog.ts';
import { joinedBank, manyDimensions } from '../../sql/joined-bank.ts';

const bankWith = async (...[kpis, added]: Parameters<typeof joinedBank>): Promise<Catalog> => {
  const root = await joinedBank(kpis, added);
  const catalog = await renderCatalog(root, 'redshift');
  await rm(root, { recursive: true });
  return catalog;
};
const notesOf = async (...kpis: string[]): Promise<string[]> => rebuildNotes(await bankWith(kpis));

test.each([
  [['branches', 'titles'], {}, 'rebuilt by 20 statements of at most 40'],
  [
    ['branches', 'titles', 'openings', 'listed'],
    manyDimensions,
    'rebuilt by 38 + 5 statements of at most 40 each',
  ],
])('it is said how many statements a rebuild has', async (kpis, added, size) => {
  const { banking } = (await bankWith(kpis, added)).marts;
  expect(banking && rebuildSize(banking)).toBe(size);
});

test('a KPI that joins a dimension by its natural key costs nothing more', async () => {
  expect(await notesOf('branches', 'titles')).toEqual([]);
});

test('the file of a KPI that reads a dimension in another way, or staging, is named', async () => {
  const then = 'all of fact_bookings and its KPIs are computed again';
  expect(await notesOf('branches', 'openings', 'listed')).toEqual([
    expect.stringContaining(
      `sql/kpis/kpi_listed.sql note: reads stg_accounts, which is not a dimension: whenever stg_accounts changes, ${then}`,
    ),
    expect.stringContaining(
      `sql/kpis/kpi_openings.sql note: reads dim_accounts in another way than by a join of its natural key (account_id) with columns of fact_bookings: whenever dim_accounts changes, ${then}`,
    ),
  ]);
});
