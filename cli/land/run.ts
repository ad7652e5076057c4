import pLimit from 'p-limit';
import { fedMarts } from '../follow/fed-marts.ts';
import type { Whereabouts } from '../follow/follow.ts';
import { followingOn, watch } from '../follow/watch.ts';
import { answer, inParts, notice } from '../output/answer.ts';
import { fileDocument } from '../output/file-document.ts';
import { balanceLines } from '../start/balance.ts';
import { quarantineLines } from '../start/quarantine.ts';
import { withDatasets } from '../target/datasets.ts';
import { type LandedFile, landFile } from '../target/landing.ts';
import { untilWritten } from '../target/room.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';

export type LandFlags = TargetFlags & { readonly dataset?: string; readonly wait: boolean };

/** Lands local files and shows what became of each, and why; exit code 1 if rows of one are not published. */
export const landFiles = async (paths: readonly string[], flags: LandFlags): Promise<void> => {
  const files = await withDatasets(paths, flags.dataset);
  const work = async (target: Target): Promise<void> => {
    const written = untilWritten();
    await written(target.putInForce);
    const landed = await pLimit(8).map(files, (file) => written(() => landFile(target.landings, file)));
    await tellOfLanded(target, landed, flags);
  };
  await onTarget(flags, work, { beginsState: true });
};

/** Follows landed files, if requested, and returns their states. */
export const tellOfLanded = async (
  target: Target,
  landed: readonly LandedFile[],
  flags: TargetFlags & { readonly wait: boolean },
  before: readonly string[] = [],
  document: object = {},
): Promise<void> => {
  if (!flags.wait) {
    const files = landed.map(({ path, key: file, version }) => ({ path, stage: 'landing', file, version }));
    return answer(flags, { ...document, files }, inParts(before, landedLines(target, landed)));
  }
  const marts = await target.marts();
  const seen = await watch(followingOn(target, marts), landed, process.stderr, Date.now());
  const fed = await fedMarts(target, marts, seen, 0);
  const quarantine = await quarantineLines(target.files, seen);
  const lines = inParts(before, ...fed.kpis, balanceLines(seen), quarantine, ...fed.problems);
  answer(flags, { ...document, files: seen.map(fileDocument), marts: fed.marts }, lines);
  if (!seen.every(isComplete) || !fed.isShown) process.exitCode = 1;
};

const landedLines = (target: Target, landed: readonly LandedFile[]): string[] => {
  if (target.isOwn && landed.length > 0) notice('The landed files are validated when the cloud runs again.');
  return landed.map(({ key, version }) => `${key} has landed, version ${version}`);
};

const isComplete = ({ record }: Whereabouts): boolean =>
  ['published', 'superseded', 'ignored'].includes(record?.state ?? '') &&
  (record?.state !== 'published' || (record.quarantined_rows ?? 0) === 0);
