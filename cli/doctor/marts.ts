import { isOver, type Ledger, type MartRuns, martRuns } from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';
import { tablesText } from '../output/table-lines.ts';
import { type Problem, usualWait } from './problem.ts';

/** What is checked of each mart, from the ledger. */

type Ports = {
  readonly ledger: Ledger;
  readonly now: string;
  /** The command that deploys this project. */
  readonly deploys: string;
};

/** Problems of one mart. */
export const martProblems = async (ports: Ports, mart: Mart): Promise<Problem[]> => {
  const runs = await martRuns(ports.ledger, mart);
  return [
    ...tableProblems(runs, ports.now),
    ...rebuildProblems(runs),
    ...sqlProblems(ports, mart, runs),
    ...(await kpiProblems(ports, runs)),
  ];
};

const tableProblems = (runs: MartRuns, now: string): Problem[] => {
  const { mart: about, tables, migration } = runs;
  const next = nextCommand('retry', '--mart', about, '--tables');
  const isLate = isOver(migration?.opened_at, usualWait, now);
  if (tables === 'migrated' || (tables === 'migrating' && !isLate)) return [];
  const why = tables === 'failed' ? `: ${migration?.reason}` : '';
  return [{ check: 'tables', about, message: `${tablesText(runs)}${why}`, next }];
};

const rebuildProblems = ({ mart: about, newest }: MartRuns): Problem[] => {
  if (newest?.state !== 'failed') return [];
  const message = `rebuild ${newest.id} failed: ${newest.reason ?? 'the reason is not known'}`;
  return [{ check: 'rebuild', about, message, next: nextCommand('retry', '--mart', about) }];
};

/** Only SQL of a deployment is ever rebuilt. */
const sqlProblems = ({ deploys }: Ports, { hash }: Mart, { mart: about, newest }: MartRuns): Problem[] => {
  if (newest === undefined || newest.sql_hash === hash) return [];
  const message = `rebuild ${newest.id} ran other SQL than this project has`;
  return [{ check: 'deployed', about, message, next: deploys }];
};

const kpiProblems = async ({ ledger, now }: Ports, runs: MartRuns): Promise<Problem[]> => {
  const { mart: about, pending } = runs;
  const batches = await Promise.all(pending.slice(0, 100).map((id) => ledger.batches.find(id)));
  const late = batches.filter(
    (batch) => batch?.state === 'published' && isOver(batch.closed_at, usualWait, now),
  );
  const [first] = late;
  if (!first) return [];
  const message = `the KPIs lack ${count(late.length, 'batch')} of more than an hour ago, the first is ${first.id}`;
  return [{ check: 'KPIs', about, message, next: nextCommand('retry', '--mart', about) }];
};
