import { rm } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { rebuildNotes } from '../../deploy/rebuild-notes.ts';
import { renderCatalog } from '../../deploy/render.ts';
import { joinedBank } from '../sql/joined-bank.ts';

const notesOf = async (...kpis: string[]): Promise<string[]> => {
  const root = await joinedBank(kpis);
  const catalog = await renderCatalog(root, 'redshift');
  await rm(root, { recursive: true });
  return rebuildNotes(catalog);
};

test('a KPI that joins a dimension by its natural key costs nothing more', async () => {
  expect(await notesOf('branches', 'titles')).toEqual([]);
});

test('the file of a KPI that reads a dimension in another way, or staging, is named', async () => {
  const then = 'all of fact_bookings and its KPIs are computed again';
  expect(await notesOf('branches', 'openings', 'listed')).toEqual([
    expect.stringContaining(
      `sql/kpis/kpi_listed.sql note: reads stg_accounts, which is no dimension: whenever stg_accounts changes, ${then}`,
    ),
    expect.stringContaining(
      `sql/kpis/kpi_openings.sql note: reads dim_accounts in another way than by a join of its natural key (account_id) with columns of fact_bookings: whenever dim_accounts changes, ${then}`,
    ),
  ]);
});
