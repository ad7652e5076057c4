import type { FileRecord } from '../../functions/domain/ledger.ts';
import { answer, inParts } from './answer.ts';
import { type DatasetRuns, datasetRuns } from './dataset-runs.ts';
import { manifestTexts } from './datasets.ts';
import { recordDocument } from './file-document.ts';
import { fileStory, storyLines } from './file-story.ts';
import { martRuns } from './mart-runs.ts';
import { outdatedLines, type PublishedBy, publishedBy, publishedDocument } from './published-by.ts';
import { datasetLines, martLines } from './runs-lines.ts';
import { saveRows } from './save-rows.ts';
import { onTarget, type Target, type TargetFlags } from './target.ts';

export type RunsFlags = TargetFlags & {
  readonly file?: string;
  readonly rows?: string;
  readonly last: string;
};

/** Says what the ledger knows of the files of one dataset, or of all, or of one file. */
export const showRuns = async (dataset: string | undefined, flags: RunsFlags): Promise<void> => {
  const last = Number(flags.last);
  if (!Number.isInteger(last) || last < 1) throw new Error('--last is a whole number from 1');
  const datasets = dataset === undefined ? [...(await manifestTexts()).keys()] : [dataset];
  await onTarget(flags, (target) =>
    flags.file === undefined
      ? tellRuns(target, datasets, last, flags)
      : tellStory(target, datasets, flags.file, flags),
  );
};

const tellRuns = async (
  target: Target,
  datasets: readonly string[],
  last: number,
  flags: RunsFlags,
): Promise<void> => {
  const runs = await Promise.all(datasets.map((one) => datasetRuns(target, one, last)));
  const marts = (await target.marts()).filter((mart) => mart.datasets.some((one) => datasets.includes(one)));
  const rebuilds = await Promise.all(marts.map((mart) => martRuns(target.ledger, mart)));
  const saved = await rowsSaved(
    target,
    runs.flatMap(({ files }) => files),
    flags,
  );
  const catalog = await target.catalog();
  const made = await Promise.all(datasets.map((one) => publishedBy(target, one, catalog)));
  const told = runs.map((one, at) => [...datasetLines(one), ...madeLines(made[at])]);
  const lines = inParts(...told, ...rebuilds.map(martLines), savedLines(saved));
  const documents = runs.map((one, at) => runsDocument(one, made[at]));
  answer(flags, { datasets: documents, marts: rebuilds, saved }, lines);
};

const runsDocument = ({ files, ...runs }: DatasetRuns, made: PublishedBy | undefined): object => ({
  ...runs,
  files: files.map(recordDocument),
  ...(made && { published: publishedDocument(made) }),
});

const madeLines = (made: PublishedBy | undefined): string[] =>
  made ? outdatedLines(made).map((line) => `  ${line}`) : [];

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
      `the ledger knows no file ${name} of ${datasets.join(', ')}; soundcheck runs shows what it knows`,
    );
  const saved = await rowsSaved(target, files, flags);
  answer(flags, { files: files.map(recordDocument), saved }, inParts(storyLines(files), savedLines(saved)));
};

const rowsSaved = async (
  { files }: Target,
  records: readonly FileRecord[],
  { rows }: RunsFlags,
): Promise<string[] | undefined> => (rows === undefined ? undefined : saveRows(files, records, rows));

const savedLines = (saved: readonly string[] | undefined): string[] => {
  if (saved === undefined) return [];
  if (saved.length === 0) return ['No rows are set aside.'];
  return ['Rows that were set aside; mend them, then land each under its name:', ...saved.map(landLine)];
};

const landLine = (path: string): string => `  npx soundcheck land ${path}`;
