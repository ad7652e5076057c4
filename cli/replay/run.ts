import { basename } from 'node:path';
import pLimit from 'p-limit';
import { type AnyFile, fileId, inQuarantine, manifestInForce } from '../../functions/pipeline/index.ts';
import { tellOfLanded } from '../land/run.ts';
import { answer } from '../output/answer.ts';
import { nextCommand } from '../output/next-command.ts';
import { datasetsNamed } from '../target/known-datasets.ts';
import type { LandedFile } from '../target/landing.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { type Replayable, replayable } from './replayable.ts';

export type ReplayFlags = TargetFlags & { readonly file?: readonly string[]; readonly wait: boolean };

/** There is nothing to land again. */
export class CannotReplay extends Error {
  override readonly name = 'CannotReplay';
}

/**
 * Lands quarantined files and rows of a dataset again and shows what became of them; exit code 1 if some rows are not
 * published.
 */
export const replay = async (dataset: string, flags: ReplayFlags): Promise<void> => {
  await onTarget(flags, async (target) => {
    await datasetsNamed(target.ledger, dataset);
    await target.putInForce();
    const manifest = await manifestInForce(target.files, dataset);
    if (!manifest.ok) throw new CannotReplay(`files of ${dataset} cannot be validated: ${manifest.reason}`);
    const records = named(await inQuarantine(target, dataset), flags.file, dataset);
    const decided = await pLimit(8).map(records, (one) => replayable(target.ledger, one, manifest.sha256));
    const landed = await pLimit(8).map(decided.filter(isToLand), (one) => landAgain(target, one));
    const stay = decided.filter(isToStay).filter(({ isSettled }) => flags.file || !isSettled);
    const document = { stay: stay.map(({ record, stays }) => ({ ...nameOf(record), reason: stays })) };
    const lines = stay.map(({ record, stays }) => `${fileId(record)} stays in quarantine: ${stays}`);
    const nothing = stay.length > 0 ? [] : [`${dataset} has nothing in quarantine that can be replayed.`];
    if (landed.length === 0) return answer(flags, { ...document, files: [] }, [...lines, ...nothing]);
    await tellOfLanded(target, landed, flags, lines, document);
  });
};

/** The name of the file, or its whole key. */
const named = (
  records: readonly AnyFile[],
  names: readonly string[] | undefined,
  dataset: string,
): readonly AnyFile[] => {
  if (!names) return records;
  const isNamed = (name: string, { key }: AnyFile): boolean => name === key || name === basename(key);
  const unknown = names.filter((name) => !records.some((record) => isNamed(name, record)));
  if (unknown.length > 0)
    throw new CannotReplay(
      `${unknown.join(', ')} is not in quarantine of ${dataset}; ${nextCommand('runs', dataset)} shows what is`,
    );
  return records.filter((record) => names.some((name) => isNamed(name, record)));
};

type ToLand = Extract<Replayable, { to: string }>;
type ToStay = Extract<Replayable, { stays: string }>;
const isToLand = (one: Replayable): one is ToLand => 'to' in one;
const isToStay = (one: Replayable): one is ToStay => 'stays' in one;

const nameOf = ({ key: file, version }: AnyFile) => ({ file, version });

/** Copies the current version; the copy is a new version of its key, and lands like any other. */
const landAgain = async ({ files }: Target, { record, from, to }: ToLand): Promise<LandedFile> => {
  const stored = (await files.versionsOf(from)).at(-1);
  const isWhole = to === record.key;
  const copied = stored && (await files.copy(stored, to, isWhole ? record.sha256 : undefined));
  if (copied !== 'copied')
    throw new CannotReplay(`${from} is gone, so ${fileId(record)} cannot be landed again`);
  const version = (await files.versionsOf(to)).at(-1)?.version ?? '';
  return { path: from, dataset: record.dataset, name: basename(to), key: to, version };
};
