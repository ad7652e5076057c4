import { isOver, type Ledger, type MartRuns, martRuns } from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';
import { tablesText } from '../output/table-lines.ts';
import { type Finding, usualWait } from './finding.ts';

/** What is checked of each mart, from the ledger. */

type Ports = {
  readonly ledger: Ledger;
  readonly now: string;
  /** The command that deploys this project. */
  readonly deploys: string;
};

/** Findings of one mart. */
export const martFindings = async (ports: Ports, mart: Mart): Promise<Finding[]> => {
  const runs = await martRuns(ports.ledger, mart);
  return [
    ...tableFindings(runs, ports.now),
    ...rebuildFindings(runs),
    ...sqlFindings(ports, mart, runs),
    ...(await kpiFindings(ports, runs)),
  ];
};

const tableFindings = (runs: MartRuns, now: string): Finding[] => {
  const { mart: about, tables, migration } = runs;
  const next = nextCommand('retry', '--mart', about, '--tables');
  const isLate = isOver(migration?.opened_at, usualWait, now);
  if (tables === 'migrated' || (tables === 'migrating' && !isLate)) return [];
  const why = tables === 'failed' ? `: ${migration?.reason}` : '';
  return [{ check: 'tables', about, problem: `${tablesText(runs)}${why}`, next }];
};

const rebuildFindings = ({ mart: about, newest }: MartRuns): Finding[] => {
  if (newest?.state !== 'failed') return [];
  const problem = `rebuild ${newest.id} failed: ${newest.reason ?? 'the reason is not known'}`;
  return [{ check: 'rebuild', about, problem, next: nextCommand('retry', '--mart', about) }];
};

/** Only SQL of a deployment is ever rebuilt. */
const sqlFindings = ({ deploys }: Ports, { hash }: Mart, { mart: about, newest }: MartRuns): Finding[] => {
  if (newest === undefined || newest.sql_hash === hash) return [];
  const problem = `rebuild ${newest.id} ran other SQL than this project has`;
  return [{ check: 'deployed', about, problem, next: deploys }];
};

const kpiFindings = async ({ ledger, now }: Ports, runs: MartRuns): Promise<Finding[]> => {
  const { mart: about, pending } = runs;
  const batches = await Promise.all(pending.slice(0, 100).map((id) => ledger.batches.find(id)));
  const late = batches.filter(
    (batch) => batch?.state === 'published' && isOver(batch.closed_at, usualWait, now),
  );
  const [first] = late;
  if (!first) return [];
  const problem = `the KPIs lack ${count(late.length, 'batch')} of more than an hour ago, the first is ${first.id}`;
  return [{ check: 'KPIs', about, problem, next: nextCommand('retry', '--mart', about) }];
};
