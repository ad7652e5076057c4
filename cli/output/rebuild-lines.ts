import { styleText } from 'node:util';
import type { AnyRebuild, MartRuns } from '../../functions/pipeline/index.ts';
import type { CheckViolations } from '../../functions/warehouse/index.ts';
import { count } from './count.ts';
import { nextCommand } from './next-command.ts';
import { shortTime } from './states.ts';

/** True for a mart whose newest rebuild failed. */
export const isFailed = ({ newest }: Pick<MartRuns, 'newest'>): boolean => newest?.state === 'failed';

/** Why the newest rebuild of a mart failed, the rows that its checks found, and what to do; empty if it did not fail. */
export const failedLines = ({ mart, newest, published }: MartRuns): string[] => {
  if (newest?.state !== 'failed') return [];
  const serving = published ? `the KPIs of ${published.id} stay in use` : 'no KPIs are published yet';
  const errors = (newest.checks ?? []).filter(({ severity }) => severity === 'error');
  return [
    `${styleText('bold', mart)}: rebuild ${newest.id} ${styleText('red', 'failed')} at ${shortTime(newest.closed_at ?? '')}, ${serving}`,
    `  ${newest.reason ?? 'the reason is not known'}`,
    ...errors.flatMap(checkLines),
    ...reportLines(newest),
    `  ${styleText('dim', `next: correct the rows and land, or correct the SQL and run ${nextCommand('retry', '--mart', mart)}`)}`,
  ];
};

/** Warnings of the published rebuild's checks; empty if there are none. */
export const warningLines = ({ mart, published }: MartRuns): string[] => {
  const checks = published?.checks ?? [];
  if (!published || checks.length === 0) return [];
  return [
    `${styleText('bold', mart)}: ${styleText('yellow', count(checks.length, 'warning'))} of rebuild ${published.id}`,
    ...checks.flatMap(checkLines),
    ...reportLines(published),
  ];
};

/** The same in one line, if it was shown before. */
export const standingLines = ({ mart, published }: MartRuns): string[] => {
  const checks = published?.checks ?? [];
  if (!published || checks.length === 0) return [];
  const rows = checks.reduce((sum, one) => sum + one.rows, 0);
  return [
    `${styleText('bold', mart)}: ${styleText('yellow', count(checks.length, 'warning'))} as before, ${count(rows, 'row')}; ${nextCommand('report', published.id)} prints them`,
  ];
};

/**
 * KPIs that the published rebuild left out because DynamoDB does not accept them, the first with the reason; empty if there are
 * none.
 */
export const leftOutLines = ({ mart, published }: Pick<MartRuns, 'mart' | 'published'>): string[] => {
  const { id, left_out = 0, left_out_items = [], left_out_report } = published ?? { id: '' };
  if (left_out === 0) return [];
  const more = left_out - left_out_items.length;
  return [
    `${styleText('bold', mart)}: ${styleText('red', `${count(left_out, 'KPI')} left out`)} of rebuild ${id}, because they cannot be written`,
    ...left_out_items.map((item) => `  ${item}`),
    ...(more > 0 ? [`  … and ${count(more, 'more KPI')}`] : []),
    `  ${styleText('dim', `report: ${left_out_report}; correct the rows or the SQL, and land`)}`,
  ];
};

const checkLines = ({ file, rows, first }: CheckViolations): string[] => [
  `  ${file}: ${count(rows, 'row')}`,
  ...first.map(({ subject, detail }) => `    ${subject}: ${detail}`),
  ...(rows > first.length ? [`    … and ${count(rows - first.length, 'more row')}`] : []),
];

const reportLines = ({ id, report }: AnyRebuild): string[] =>
  report === undefined
    ? []
    : [`  ${styleText('dim', `report: ${report}; ${nextCommand('report', id)} prints it`)}`];
