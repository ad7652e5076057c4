import { styleText } from 'node:util';
import type { BatchRecord, FileRecord, FileState, Lease } from '../../functions/domain/ledger.ts';
import { count } from './count.ts';
import type { DatasetRuns } from './dataset-runs.ts';
import { reportOf, rowsFileOf } from './file-document.ts';
import type { MartRuns } from './mart-runs.ts';
import { failedLines, leftOutLines, warningLines } from './rebuild-lines.ts';
import { rowsText, shortTime } from './runs-words.ts';

const filesShown = 20;
const batchesShown = 5;

/** A dataset for people: how many files are where, each file with the reason, the last batches, what can be done. */
export const datasetLines = ({ dataset, lease, batches, files }: DatasetRuns): string[] => {
  if (files.length === 0 && batches.length === 0)
    return [
      `${styleText('bold', dataset)}: nothing has landed; npx soundcheck land FILE --dataset ${dataset}`,
    ];
  const shown = files.slice(-filesShown);
  const left = files.length - shown.length;
  return [
    `${styleText('bold', dataset)}: ${counts(files)}`,
    ...(left > 0 ? [`  … ${count(left, 'older file')}; --json shows all`] : []),
    ...shown.flatMap((file) => fileLines(file, files)),
    ...leaseLines(lease),
    ...batches.slice(0, batchesShown).map(batchLine),
    ...nextLines(dataset, files),
  ];
};

const counts = (files: readonly FileRecord[]): string => {
  const states = new Map<FileState, number>();
  for (const { state } of files) states.set(state, (states.get(state) ?? 0) + 1);
  return [...states].map(([state, number]) => `${number.toLocaleString('en-US')} ${state}`).join(', ');
};

const colors: Partial<Record<FileState, 'green' | 'red' | 'yellow' | 'cyan'>> = {
  published: 'green',
  quarantined: 'red',
  rejected: 'red',
  parked: 'red',
  missing: 'red',
  accepted: 'cyan',
  claimed: 'cyan',
  landed: 'yellow',
};

const fileLines = (record: FileRecord, files: readonly FileRecord[]): string[] => {
  const { landed_at, key, state, batch_id, drift = [] } = record;
  const name = key.slice(key.indexOf('/', 'data/'.length) + 1);
  const facts = [rowsText(record, files), batch_id ?? ''].filter((fact) => fact !== '');
  const details = [
    whyOf(record),
    ...drift,
    rowsFileOf(record) && `set aside: ${rowsFileOf(record)}`,
    state === 'quarantined' ? `report: ${reportOf(record)}` : undefined,
  ];
  return [
    `  ${shortTime(landed_at)}  ${name}  ${styleText(colors[state] ?? 'dim', state)}  ${facts.join(', ')}`,
    ...details.flatMap((detail) => (detail ? [`      ${detail}`] : [])),
  ];
};

const whyOf = ({ reason, failures_found = [], superseded_by }: FileRecord): string | undefined => {
  if (superseded_by !== undefined) return `by version ${superseded_by}`;
  if (failures_found.length > 0) return `broke ${failures_found.map(({ rule }) => rule).join('; ')}`;
  return reason;
};

const leaseLines = ({ holder, taken_at = '' }: Lease): string[] =>
  holder === undefined ? [] : [`  ${styleText('cyan', `${holder} runs since ${shortTime(taken_at)}`)}`];

const batchLine = ({ id, state, files, rows, opened_at, closed_at, reason }: BatchRecord): string => {
  const published = rows === undefined ? '' : `, ${count(rows, 'row')}`;
  const why = reason ? `: ${reason}` : '';
  return `  batch ${id}  ${state} ${shortTime(closed_at ?? opened_at)}, ${count(files, 'file')}${published}${why}`;
};

/** What somebody can do about files that do not go on by themselves. */
const nextLines = (dataset: string, files: readonly FileRecord[]): string[] => {
  const newest = files.filter((file) => !files.some((other) => isNewer(other, file)));
  const has = (state: FileState): boolean => newest.some((file) => file.state === state);
  const isAside = newest.some((file) => rowsFileOf(file) !== undefined);
  return [
    ...(has('parked') ? [`once mended: npx soundcheck retry ${dataset}`] : []),
    ...(has('quarantined') || isAside
      ? [`after a change of the manifest: npx soundcheck replay ${dataset}`]
      : []),
    ...(isAside
      ? [
          `rows that were set aside: npx soundcheck runs ${dataset} --rows ., mend them, npx soundcheck land them`,
        ]
      : []),
  ].map((line) => `  ${styleText('dim', line)}`);
};

/** What was ignored or is gone takes no version's place. */
const isNewer = (other: FileRecord, { key, number }: FileRecord): boolean =>
  other.key === key && other.number > number && !['ignored', 'missing'].includes(other.state);

/** A mart for people: whose KPIs are out since when, and what waits. */
export const martLines = (runs: MartRuns): string[] => {
  const { mart, published, lease, pending } = runs;
  const out = published
    ? `KPIs of rebuild ${published.id} are out since ${shortTime(published.closed_at ?? published.opened_at)}`
    : 'no KPIs are out yet';
  const running =
    lease.holder === undefined ? [] : [`  ${lease.holder} runs since ${shortTime(lease.taken_at ?? '')}`];
  const waits =
    pending.length > 0 ? [`  ${count(pending.length, 'batch')} not in them yet: ${pending.join(', ')}`] : [];
  return [
    `${styleText('bold', mart)}: ${out}`,
    ...running,
    ...waits,
    ...failedLines(runs),
    ...leftOutLines(runs),
    ...warningLines(runs),
  ];
};
