import { styleText } from 'node:util';
import {
  type AnyBatch,
  type AnyFile,
  type DatasetRuns,
  datasetRuns,
  failedBatch,
  fileId,
  fileMoves,
  type MartRuns,
  martRuns,
  needingPerson,
  reportOf,
} from '../../functions/pipeline/index.ts';
import { nameHint } from '../../functions/values/index.ts';
import { answer, inParts } from '../output/answer.ts';
import { recordDocument } from '../output/file-document.ts';
import { fileStory, storyLines } from '../output/file-story.ts';
import { nextCommand } from '../output/next-command.ts';
import { failedLines, isFailed, leftOutLines, warningLines } from '../output/rebuild-lines.ts';
import { readReport, reportLines } from '../output/report-lines.ts';
import { saveRows } from '../output/save-rows.ts';
import { failedTableLines, isMigrationFailed, waitingTableLines } from '../output/table-lines.ts';
import {
  needsReprocess,
  outdatedLines,
  type PublishedBy,
  publishedBy,
  publishedDocument,
} from '../reprocess/published-by.ts';
import { datasetsNamed } from '../target/known-datasets.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { datasetLines, martLines, openLines, statesOf } from './lines.ts';
import { openPullLines, tellPulls } from './pulls.ts';

export type RunsFlags = TargetFlags & {
  readonly open?: boolean;
  readonly pulls?: boolean;
  /** States, separated by commas. */
  readonly inState?: string;
  readonly since?: string;
  readonly until?: string;
  readonly name?: string;
  readonly limit?: string;
  readonly file?: string;
  readonly all?: boolean;
  readonly rows?: string;
  readonly last: string;
};

const usualLimit = 20;

/**
 * Shows what the ledger knows of the files of one dataset, of all datasets, or of one file; what needs a person comes first.
 */
export const showRuns = async (dataset: string | undefined, flags: RunsFlags): Promise<void> => {
  const [last, limit] = [
    wholeNumber('--last', flags.last),
    wholeNumber('--limit', flags.limit ?? usualLimit),
  ];
  for (const flag of ['since', 'until'] as const) expectDay(flag, flags[flag]);
  expectOrder(flags);
  for (const state of statesIn(flags) ?? []) expectState(state);
  await onTarget(flags, async (target) => {
    if (flags.pulls) return tellPulls(target, dataset === undefined ? [] : [dataset], flags, limit);
    const datasets = await datasetsNamed(target.ledger, dataset);
    if (flags.file !== undefined) return tellStory(target, datasets, flags.file, flags);
    await tellRuns(target, datasets, dataset !== undefined, { ...flags, counts: { last, limit } });
  });
};

const statesIn = ({ inState }: RunsFlags): string[] | undefined =>
  inState?.split(',').map((state) => state.trim());

const wholeNumber = (flag: string, given: string | number): number => {
  const number = Number(given);
  if (!Number.isInteger(number) || number < 1) throw new Error(`${flag} must be a whole number from 1`);
  return number;
};

const expectDay = (flag: string, day: string | undefined): void => {
  if (day === undefined) return;
  const isDay = /^\d{4}-\d{2}-\d{2}$/.test(day) && new Date(`${day}T00:00Z`).toJSON()?.startsWith(day);
  if (!isDay) throw new Error(`--${flag} ${day} is not a day; write it as 2026-11-29`);
};

const expectOrder = ({ since = '', until = '9999-12-31' }: RunsFlags): void => {
  if (since > until) throw new Error(`--since ${since} is after --until ${until}`);
};

const expectState = (state: string): void => {
  if (!Object.hasOwn(fileMoves, state))
    throw new Error(`there is no state ${state}${nameHint(state, Object.keys(fileMoves))}`);
};

type Counted = RunsFlags & { readonly counts: { readonly last: number; readonly limit: number } };

const tellRuns = async (
  target: Target,
  datasets: readonly string[],
  isOne: boolean,
  flags: Counted,
): Promise<void> => {
  const { last, limit } = flags.counts;
  const runs = await Promise.all(
    datasets.map(async (dataset) => viewOf(await datasetRuns(target.ledger, dataset, last, flags), flags)),
  );
  const marts = (await target.marts()).filter(
    (mart) => !isOne || mart.datasets.some((one) => datasets.includes(one)),
  );
  const rebuilds = await Promise.all(marts.map((mart) => martRuns(target.ledger, mart)));
  const saved = await rowsSaved(
    target,
    runs.flatMap(({ files }) => files),
    flags,
  );
  const catalog = await target.catalog();
  const made = await Promise.all(datasets.map((one) => publishedBy(target, one, catalog)));
  const open = [
    await openPullLines(target, isOne ? datasets : []),
    ...rebuilds.map(failedTableLines),
    ...rebuilds.map(failedLines),
    ...rebuilds.map(leftOutLines),
    ...runs.map((one) => openLines({ ...one, shown: one.open, limit })),
    ...made.map((one) => (needsReprocess(one) ? outdatedLinesOf(one) : [])),
    ...rebuilds.map(warningLines),
  ];
  const rest = [
    ...runs.map((one) => datasetLines({ ...one, shown: one.rest, limit })),
    ...made.map((one) => (needsReprocess(one) ? [] : outdatedLinesOf(one))),
    ...rebuilds.map(martLines),
  ];
  const lines = inParts(
    rebuilds.flatMap(waitingTableLines),
    headLine(open),
    ...open,
    ...(flags.open ? [] : rest),
    savedLines(saved),
  );
  answer(flags, documentOf(runs, made, rebuilds, saved, flags), lines);
};

type View = DatasetRuns & {
  readonly open: readonly AnyFile[];
  readonly rest: readonly AnyFile[];
  readonly failed: AnyBatch | undefined;
};

/** All files decide what needs a person; the states are selected afterwards. */
const viewOf = (runs: DatasetRuns, flags: RunsFlags): View => {
  const states = statesIn(flags);
  const open = new Set(needingPerson(runs.known).map(fileId));
  const files = runs.files.filter(({ state }) => states === undefined || states.includes(state));
  const isOpen = (file: AnyFile): boolean => open.has(fileId(file));
  return {
    ...runs,
    files,
    open: files.filter(isOpen),
    rest: files.filter((file) => !isOpen(file)),
    failed: failedBatch(runs),
  };
};

const headLine = (open: readonly (readonly string[])[]): string[] =>
  open.some((lines) => lines.length > 0)
    ? [styleText('bold', 'Needs a person:')]
    : [styleText('green', 'Nothing needs a person.')];

/** The same as JSON: without a limit all files, first those that need a person. */
const documentOf = (
  runs: readonly View[],
  made: readonly (PublishedBy | undefined)[],
  rebuilds: readonly MartRuns[],
  saved: readonly string[] | undefined,
  flags: Counted,
): object => {
  const limit = flags.limit === undefined ? Number.POSITIVE_INFINITY : flags.counts.limit;
  const datasets = runs.map((one, at) => {
    const published = made[at];
    const { dataset, lease, batches, files, open, rest, failed } = one;
    const shown = flags.open ? open : [...open, ...[...rest].reverse()];
    return {
      ...{ dataset, lease, batches, states: statesOf(files) },
      failed_batch: failed?.id,
      needs_person: open.length,
      files: shown
        .slice(0, limit)
        .map((file) => ({ ...recordDocument(file), needs_person: open.includes(file) })),
      ...(published && { published: publishedDocument(published) }),
      files_left_out: Math.max(0, shown.length - limit),
    };
  });
  const marts = rebuilds.map((one) => ({
    ...one,
    needs_person: isFailed(one) || isMigrationFailed(one) || isWarning(one),
  }));
  return { datasets, marts, saved };
};

const isWarning = ({ published }: MartRuns): boolean =>
  (published?.checks ?? []).length > 0 || (published?.left_out ?? 0) > 0;

const outdatedLinesOf = (made: PublishedBy | undefined): string[] =>
  made ? outdatedLines(made).map((line) => `${styleText('bold', made.dataset)}: ${line}`) : [];

const tellStory = async (
  target: Target,
  datasets: readonly string[],
  name: string,
  flags: RunsFlags,
): Promise<void> => {
  const stories = await Promise.all(datasets.map((dataset) => fileStory(target.ledger, dataset, name)));
  const files = stories.flat();
  if (files.length === 0)
    throw new Error(
      `the ledger knows no file ${name} of ${datasets.filter(Boolean).join(', ')}; ${nextCommand('runs')} shows what it knows`,
    );
  const saved = await rowsSaved(target, files, flags);
  const reports = flags.all ? await reportsOn(target, files) : [];
  const lines = inParts(storyLines(files), ...reports.map(reportLines), savedLines(saved));
  answer(flags, { files: files.map(recordDocument), ...(flags.all && { reports }), saved }, lines);
};

const reportsOn = async ({ files }: Target, records: readonly AnyFile[]) => {
  const keys = records.flatMap((record) => reportOf(record) ?? []);
  const texts = await Promise.all(keys.map((key) => files.readText(key)));
  return texts.flatMap((text) => (text === undefined ? [] : [readReport(text)]));
};

const rowsSaved = async (
  { files }: Target,
  records: readonly AnyFile[],
  { rows }: RunsFlags,
): Promise<string[] | undefined> => (rows === undefined ? undefined : saveRows(files, records, rows));

const savedLines = (saved: readonly string[] | undefined): string[] => {
  if (saved === undefined) return [];
  if (saved.length === 0) return ['No rows are quarantined.'];
  return ['Quarantined rows; correct them, then land each file under its name:', ...saved.map(landLine)];
};

const landLine = (path: string): string => `  ${nextCommand('land', path)}`;
