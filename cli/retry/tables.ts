import { askMigration, lookAgain, type MartRuns, martRuns } from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { pause, Stuck } from '../follow/follow.ts';
import { patienceOn } from '../follow/watch.ts';
import { notice } from '../output/answer.ts';
import { tablesText } from '../output/table-lines.ts';
import type { Target } from '../target/target.ts';

const clock = { now: (): string => new Date().toISOString() };

/**
 * Requests another migration of a mart and waits for its end: it creates the tables and views that were dropped. The next rebuild
 * computes their rows. Throws `Stuck` if the migration fails.
 */
export const restoreTables = async (target: Target, mart: Mart): Promise<void> => {
  await untilMart(target, mart, ({ lease }) => lease.holder === undefined);
  const last = await target.ledger.migrations.find(mart.name);
  if (last?.state === 'applied' || last?.state === 'failed')
    await askMigration({ ledger: target.ledger, clock }, last);
  await target.functions.invoke('migrate-tables', lookAgain('mart', mart.name));
  await untilMart(target, mart, ({ tables }) => tables === 'migrated');
};

/** Waits until something is true of the mart. */
const untilMart = async (target: Target, mart: Mart, isSo: (runs: MartRuns) => boolean): Promise<void> => {
  const patience = patienceOn(target);
  const began = performance.now();
  for (let said = ''; ; await pause()) {
    const runs = await martRuns(target.ledger, mart);
    const line = `${mart.name}: ${runs.lease.holder ? `${runs.lease.holder} runs` : tablesText(runs)}`;
    if (line !== said) notice(line);
    said = line;
    if (isSo(runs)) return;
    if (runs.tables === 'failed') throw new Stuck(`${line}: ${runs.migration?.reason}`);
    if (performance.now() - began > patience)
      throw new Stuck(`${line}, and nothing has changed for ${patience / 60_000} minutes: see the logs`);
  }
};
