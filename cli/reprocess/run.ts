import { basename } from 'node:path';
import pLimit from 'p-limit';
import {
  type AnyFile,
  askReprocess,
  fileId,
  lookAgain,
  type Reprocessed,
} from '../../functions/pipeline/index.ts';
import { fedMarts, type MartsNow } from '../follow/fed-marts.ts';
import { pause, Stuck } from '../follow/follow.ts';
import { followingOn, patienceOn, watch } from '../follow/watch.ts';
import { answer, inParts, notice } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { recordDocument } from '../output/file-document.ts';
import { nextCommand } from '../output/next-command.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { keptUnder, type PublishedBy, publishedBy } from './published-by.ts';

export type ReprocessFlags = TargetFlags & {
  readonly file?: readonly string[];
  readonly all?: boolean;
  readonly wait: boolean;
};

/** There is nothing to reprocess. */
export class CannotReprocess extends Error {
  override readonly name = 'CannotReprocess';
}

/** Reprocesses published files and shows what became of each; exit code 1 if a file keeps its old rows or a rebuild failed. */
export const reprocess = async (dataset: string, flags: ReprocessFlags): Promise<void> => {
  await onTarget(flags, async (target) => {
    await target.putInForce();
    const { files } = target;
    const found = await publishedBy({ files, ledger: target.ledger }, dataset, await target.catalog());
    if (!found)
      throw new CannotReprocess(
        `files of ${dataset} cannot be reprocessed: it has no manifest in force, or no sql/silver/${dataset}.sql`,
      );
    const chosen = flags.file ? named(found, flags.file) : flags.all ? found.published : found.outdated;
    const toDo = chosen.filter((file) => flags.file || flags.all || !keptUnder(file, found.in_force));
    await ask(target, toDo, found.in_force);
    const seen = flags.wait ? await watchAll(target, toDo) : await again(target, toDo);
    const stay = chosen.filter((file) => !toDo.includes(file));
    const fed = await replacedToKpis(target, flags.wait ? seen : []);
    tell(flags, found, [...stay, ...seen], fed);
  });
};

/** The name of the file, or its whole key. */
const named = ({ dataset, published }: PublishedBy, names: readonly string[]): readonly AnyFile[] => {
  const isNamed = (name: string, { key }: AnyFile): boolean => name === key || name === basename(key);
  const unknown = names.filter((name) => !published.some((file) => isNamed(name, file)));
  if (unknown.length > 0)
    throw new CannotReprocess(
      `${unknown.join(', ')} is not published in ${dataset}; ${nextCommand('runs', dataset)} shows what is`,
    );
  return published.filter((file) => names.some((name) => isNamed(name, file)));
};

/** Files that are requested already stay requested; the next call requests what this one could not. */
const ask = async (target: Target, files: readonly AnyFile[], wanted: string): Promise<void> => {
  const clock = { now: () => new Date().toISOString() };
  await pLimit(8).map(files, (file) => askReprocess({ ledger: target.ledger, clock }, file, wanted));
  const [first] = files;
  if (first) await target.functions.invoke('run-transform', lookAgain('dataset', first.dataset));
};

const again = ({ ledger }: Target, files: readonly AnyFile[]): Promise<readonly AnyFile[]> =>
  ledger.files.findAll(files);

/** Follows the files until none of them waits for a reprocess. */
const watchAll = async (target: Target, files: readonly AnyFile[]): Promise<readonly AnyFile[]> => {
  const patience = patienceOn(target);
  let before = '';
  for (let changed = Date.now(); ; await pause()) {
    const seen = await again(target, files);
    const line = progressOf(seen);
    if (line !== before) changed = Date.now();
    if (line !== before && files.length > 0) notice(line);
    before = line;
    const waiting = seen.find(({ reprocess }) => reprocess);
    if (!waiting) return seen;
    const { reason } = waiting.reprocess ?? {};
    if (Date.now() - changed > patience)
      throw new Stuck(`nothing has changed for ${patience / 60_000} minutes: ${reason ?? 'see the logs'}`);
  }
};

const progressOf = (files: readonly AnyFile[]): string => {
  const left = files.filter(({ reprocess }) => reprocess);
  const states = { asked: 'to validate', accepted: 'to run', claimed: 'in a batch' } as const;
  const parts = Object.entries(states).flatMap(([state, words]) => {
    const number = left.filter(({ reprocess }) => reprocess?.state === state).length;
    return number > 0 ? [`${number.toLocaleString('en-US')} ${words}`] : [];
  });
  return [
    `${(files.length - left.length).toLocaleString('en-US')} of ${count(files.length, 'file')} done`,
    ...parts,
  ].join(', ');
};

/** Follows the files whose rows were replaced until the KPIs show them. */
const replacedToKpis = async (target: Target, files: readonly AnyFile[]): Promise<MartsNow> => {
  const replaced = files.filter(({ reprocessed }) => reprocessed?.at(-1)?.outcome === 'replaced');
  const landed = replaced.map(({ key, version, dataset }) => ({
    ...{ path: key, dataset, name: basename(key), key, version },
  }));
  const marts = await target.marts();
  const seen =
    landed.length > 0 ? await watch(followingOn(target, marts), landed, process.stderr, Date.now()) : [];
  return fedMarts(target, marts, seen, 0);
};

const tell = (
  flags: ReprocessFlags,
  { dataset, in_force }: PublishedBy,
  files: readonly AnyFile[],
  { kpis, problems, marts, isShown }: MartsNow,
): void => {
  const outcomes = files.map((file) => ({ file, last: outcomeOf(file) }));
  const replaced = outcomes.filter(({ last }) => last?.outcome === 'replaced');
  const kept = outcomes.filter(({ last }) => last && last.outcome !== 'replaced');
  const waiting = outcomes.filter(({ last }) => !last);
  const document = { dataset, in_force, files: files.map(recordDocument), marts };
  const rows = replaced.reduce((sum, { file }) => sum + (file.rows ?? 0), 0);
  const lines = [
    ...(files.length === 0 ? [`All published rows of ${dataset} are up to date.`] : []),
    ...(replaced.length > 0
      ? [`${count(rows, 'row')} of ${count(replaced.length, 'file')} were made again.`]
      : []),
    ...(waiting.length > 0
      ? [`${count(waiting.length, 'file')} requested; ${nextCommand('runs', dataset)} shows the progress.`]
      : []),
    ...kept.flatMap(({ file, last }) => keptLines(file, last)),
  ];
  answer(flags, document, inParts(...kpis, lines, ...problems));
  if (kept.length > 0 || !isShown) process.exitCode = 1;
};

const outcomeOf = ({ reprocess, reprocessed }: AnyFile): Reprocessed | undefined =>
  reprocess ? undefined : reprocessed?.at(-1);

const keptLines = (file: AnyFile, last: Reprocessed | undefined): string[] => [
  `${fileId(file)} keeps its ${count(file.rows ?? 0, 'row')}: ${last?.reason ?? ''}${last?.violations && last.violations > 1 ? ` (${last.violations.toLocaleString('en-US')} in total)` : ''}`,
  ...(last?.report ? [`  report: ${last.report}; ${nextCommand('report', fileId(file))} prints it`] : []),
];
