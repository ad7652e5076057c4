import { readFile, rm } from 'node:fs/promises';
import { afterAll, expect, test } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import { accounts, transactions } from '../banking-project.ts';
import { writeProject } from '../deploy/project.ts';
import { openWarehouse } from '../sql/warehouse.ts';

const page = await readFile('docs/checks.md', 'utf8');
const examples = [...page.matchAll(/<!-- runs in test\/docs\/checks\.test\.ts -->\n```sql\n(.*?)```/gs)].map(
  ([, sql = '']) => sql,
);

/** The column of the example's pages. */
const withIds = (files: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(files).map(([path, text]) => [path, text.replace(/\baccount\b/g, 'account_id')]),
  );

let root = '';
afterAll(() => (root === '' ? undefined : rm(root, { recursive: true, force: true })));

test('the examples in docs/checks.md render, and find what they say', async () => {
  expect(examples).toHaveLength(2);
  root = await writeProject({
    ...withIds({ ...transactions, ...accounts }),
    'sql/checks/fact_transactions_known_accounts.sql': examples[0] ?? '',
    'sql/checks/fact_transactions_fresh.sql': examples[1] ?? '',
  });
  const catalog = await renderCatalog(root, 'duckdb');
  await renderCatalog(root, 'redshift');
  const mart = catalog.marts.banking;
  if (!mart) throw new Error('no mart');
  const warehouse = await openWarehouse(catalog);
  const landed = { version: 'v1', landedAt: '2026-02-10 00:00:00' };
  await warehouse.publish({ ...landed, dataset: 'accounts', file: 'a', rows: [{ account_id: 'DE01' }] });
  const row = { currency: 'EUR', note: null, amount: '1.00', booked_at: '2026-01-30 09:00:00' };
  await warehouse.publish({
    ...landed,
    dataset: 'transactions',
    file: 't',
    rows: [
      { ...row, transaction_id: 'T1', account_id: 'DE01' },
      { ...row, transaction_id: 'T2', account_id: 'US01' },
    ],
  });
  await warehouse.rebuild(mart);
  const found = (await warehouse.unloaded(1, 'checks')).map(({ check_name, subject, detail }) => [
    check_name,
    subject,
    detail,
  ]);
  expect(found.sort()).toEqual([
    ['fact_transactions_fresh', 'fact_transactions', 'the newest day is 2026-01-30'],
    ['fact_transactions_known_accounts', '***', '1 transactions of an unknown account'],
  ]);
  await warehouse.close();
});
