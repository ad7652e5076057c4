import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { toldBefore } from '../../../cli/follow/told-before.ts';
import { standingLines } from '../../../cli/output/rebuild-lines.ts';
import { ledgerOn } from '../../../functions/adapters/dynamo-ledger.ts';
import type { MartRuns } from '../../../functions/pipeline/queries/mart-runs.ts';
import type { RebuildIn } from '../../../functions/pipeline/records/rebuild.ts';
import type { CheckViolations } from '../../../functions/warehouse/check-violations.ts';
import { ledgerWith } from '../../functions/partly.ts';
import { memoryItems } from '../../simulation/tables.ts';

const warning = (rows: number): CheckViolations => ({
  ...{ check: 'known', file: 'sql/checks/known.sql', severity: 'warn', rows },
  first: [{ subject: '2024-06-25', detail: 'unknown' }],
});
const rebuild = (seq: number, checks: readonly CheckViolations[]): RebuildIn<'published'> => ({
  ...{ id: `bank-${seq}`, mart: 'bank', seq, state: 'published', rev: 1, opened_at: '', sql_hash: 'x' },
  closed_at: '',
  ...{ follows: `bank-${seq - 1}`, checks },
});
const runsOf = (published: RebuildIn<'published'>): MartRuns => ({
  ...{ mart: 'bank', datasets: [], lease: { name: 'mart/bank', fence: 2 }, pending: [] },
  ...{ published, tables: 'migrated' },
});
const isTold = (before: readonly CheckViolations[] | undefined, now: readonly CheckViolations[]) =>
  toldBefore(
    ledgerWith(ledgerOn(memoryItems().items), {
      rebuilds: { find: async () => before && rebuild(1, before) },
    }),
    [runsOf(rebuild(2, now))],
  );

test('knows warnings that the rebuild before had, from new ones', async () => {
  expect(await isTold([warning(3)], [warning(3)])).toEqual([true]);
  expect(await isTold([warning(3)], [warning(4)])).toEqual([false]);
  expect(await isTold([], [warning(3)])).toEqual([false]);
  expect(await isTold(undefined, [warning(3)])).toEqual([false]);
});

test('takes one line for those, and none where there is none', () => {
  const told = (checks: readonly CheckViolations[]) =>
    standingLines(runsOf(rebuild(2, checks))).map(stripVTControlCharacters);
  expect(told([warning(3)])).toEqual([
    'bank: 1 warning as before, 3 rows; npx soundcheck report bank-2 prints them',
  ]);
  expect(told([])).toEqual([]);
});
