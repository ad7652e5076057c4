import { styleText } from 'node:util';
import {
  type AnyBatch,
  type AnyFile,
  type DatasetRuns,
  type FileState,
  type Lease,
  type MartRuns,
  nameBehind,
  reportOf,
  rowsFileOf,
} from '../../functions/pipeline/index.ts';
import { oneLine } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { nextCommand } from '../output/next-command.ts';
import { rowsText, shortTime } from '../output/states.ts';
import { tablesText } from '../output/table-lines.ts';
import { datasetName } from '../target/known-datasets.ts';

const batchesShown = 5;

/** A dataset, and which of its files are shown: those that need a person, or the others. */
export type Shown = DatasetRuns & {
  readonly shown: readonly AnyFile[];
  /** The largest number of files shown. */
  readonly limit: number;
};

/** What needs a person in a dataset: files in order of landing, a failed batch, and what can be done; empty if nothing does. */
export const openLines = (runs: Shown & { readonly failed: AnyBatch | undefined }): string[] => {
  const { dataset, known, shown, limit, failed } = runs;
  if (shown.length === 0 && !failed) return [];
  return [
    `${styleText('bold', datasetName(dataset))}: ${countsOf(shown) || 'a batch failed'}`,
    // The manifest allows drift: nobody has to do anything about it.
    ...shown.slice(0, limit).flatMap((file) => fileLines({ ...file, drift: [] }, known)),
    ...moreLines(shown.length, limit),
    ...(failed ? [batchLine(failed)] : []),
    ...nextLines(dataset, shown),
  ];
};

/** A dataset as text: the number of files per state, the newest files, the last batches. */
export const datasetLines = ({ dataset, lease, batches, files, known, shown, limit }: Shown): string[] => {
  if (files.length === 0 && batches.length === 0)
    return [
      `${styleText('bold', datasetName(dataset))}: nothing has landed; ${nextCommand('land', 'FILE', '--dataset', dataset)}`,
    ];
  return [
    `${styleText('bold', datasetName(dataset))}: ${countsOf(files) || 'no such file'}`,
    ...shown
      .slice(-limit)
      .reverse()
      .flatMap((file) => fileLines(file, known)),
    ...moreLines(shown.length, limit),
    ...leaseLines(lease),
    ...batches.slice(0, batchesShown).map(batchLine),
  ];
};

const moreLines = (files: number, limit: number): string[] =>
  files > limit ? [`  … and ${(files - limit).toLocaleString('en-US')} more: --limit ${files}`] : [];

/** The number of files per state. */
export const statesOf = (files: readonly AnyFile[]): Partial<Record<FileState, number>> => {
  const states: Partial<Record<FileState, number>> = {};
  for (const { state } of files) states[state] = (states[state] ?? 0) + 1;
  return states;
};

const countsOf = (files: readonly AnyFile[]): string =>
  Object.entries(statesOf(files))
    .map(([state, number]) => `${number.toLocaleString('en-US')} ${state}`)
    .join(', ');

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

const fileLines = (record: AnyFile, files: readonly AnyFile[]): string[] => {
  const { landed_at, key, dataset, state, batch_id, drift = [] } = record;
  const facts = [rowsText(record, files), batch_id ?? ''].filter((fact) => fact !== '');
  const details = [
    ...whyOf(record),
    ...drift,
    rowsFileOf(record) && `quarantined: ${rowsFileOf(record)}`,
    state === 'quarantined' ? `report: ${reportOf(record)}` : undefined,
  ];
  return [
    `  ${shortTime(landed_at)}  ${nameBehind(dataset, key)}  ${styleText(colors[state] ?? 'dim', state)}  ${facts.join(', ')}`.trimEnd(),
    ...details.flatMap((detail) => (detail ? [`      ${detail}`] : [])),
  ].map(oneLine);
};

const whyOf = (record: AnyFile): string[] => {
  const { reason, superseded_by } = record;
  if (superseded_by !== undefined) return [`by version ${superseded_by}`];
  return reason === undefined ? [] : [reason];
};

const leaseLines = ({ holder, taken_at = '' }: Lease): string[] =>
  holder === undefined ? [] : [`  ${styleText('cyan', `${holder} runs since ${shortTime(taken_at)}`)}`];

const batchLine = ({ id, state, files, rows, opened_at, closed_at, reason }: AnyBatch): string => {
  const published = rows === undefined ? '' : `, ${rows === 0 ? 'no row published' : count(rows, 'row')}`;
  const ended = state === 'published' && rows === 0 ? 'ended' : state;
  const why = reason ? `: ${reason}` : '';
  return `  batch ${id}  ${ended} ${shortTime(closed_at ?? opened_at)}, ${count(files, 'file')}${published}${why}`;
};

/** What somebody can do about files that do not continue by themselves. */
const nextLines = (dataset: string, files: readonly AnyFile[]): string[] => {
  const has = (state: FileState): boolean => files.some((file) => file.state === state);
  const isAside = files.some((file) => rowsFileOf(file) !== undefined);
  return [
    ...(has('parked') ? [`after the cause is corrected: ${nextCommand('retry', dataset)}`] : []),
    ...(has('missing') ? ['missing files: land them again'] : []),
    ...(has('quarantined')
      ? [`violations of a file: ${nextCommand('report', 'FILE')}; correct it and land it under the same name`]
      : []),
    ...(has('quarantined') || isAside
      ? [`after a change of the manifest: ${nextCommand('replay', dataset)}`]
      : []),
    ...(isAside
      ? [
          `quarantined rows: ${nextCommand('runs', dataset, '--rows', '.')}, correct them, ${nextCommand('land', 'FILE')}`,
        ]
      : []),
    ...(has('quarantined') || isAside
      ? [`to drop rows on purpose, such as true duplicates: ${nextCommand('dismiss', 'FILE')}`]
      : []),
  ].map((line) => `  ${styleText('dim', line)}`);
};

/** A mart as text: its published KPIs with their time, what waits, and its tables. */
export const martLines = (runs: MartRuns): string[] => {
  const { mart, published, lease, pending, tables } = runs;
  const out = published
    ? `KPIs of rebuild ${published.id}, published ${shortTime(published.closed_at ?? published.opened_at)}`
    : 'no KPIs are published yet';
  const running =
    lease.holder === undefined ? [] : [`  ${lease.holder} runs since ${shortTime(lease.taken_at ?? '')}`];
  const waits =
    pending.length > 0
      ? [`  not in them yet: ${pending.slice(0, batchesShown).join(', ')}${moreBatches(pending.length)}`]
      : [];
  const there = tables === 'migrated' ? [`  ${tablesText(runs)}`] : [];
  return [`${styleText('bold', mart)}: ${out}`, ...running, ...waits, ...there];
};

const moreBatches = (batches: number): string =>
  batches > batchesShown ? ` and ${(batches - batchesShown).toLocaleString('en-US')} more` : '';
