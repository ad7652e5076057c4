import { fileId } from '../lake-keys.ts';
import { hangsOn, landedFile } from '../queries/repairs.ts';
import type { FileIn, FileRecord, Reprocess } from '../records/file.ts';
import { isOver } from '../records/time.ts';

/** Which files are put together into a batch, and what a failed run means for them. */

/** Most files of one batch. */
export const largestBatch = 1000;

/** A file that waits for a batch; a reprocessed file waits like one that was just accepted. */
export type Waiting = FileIn<'accepted'> & {
  readonly reprocess?: Reprocess | undefined;
  readonly stored_as?: string;
};

/** A dataset's waiting files: those of the next batch, and those to be validated again. */
export type Choice = { readonly batch: readonly Waiting[]; readonly revalidate: readonly Waiting[] };

/**
 * Chooses the next batch: for each key the newest accepted version, validated under the manifest in force, oldest landing
 * first. Files that failed twice are tried separately and in halves, so that a poison file does not block others; `fence`
 * alternates between the two groups so that neither waits for ever. A repair waits while its source is about to be replaced;
 * `stale` are the ids of repairs whose source is no longer the published version.
 */
export const chooseBatch = (
  waiting: readonly FileRecord[],
  manifestSha256: string,
  fence: number,
  stale: ReadonlySet<string> = new Set(),
): Choice => {
  const accepted = waiting.filter((file): file is Waiting => file.state === 'accepted');
  const isCurrent = (file: Waiting): boolean =>
    file.manifest_sha256 === manifestSha256 && !stale.has(fileId(file)) && isReadable(file);
  return {
    batch: pick(standingAlone(newestPerKey(accepted.filter(isCurrent))), fence),
    revalidate: accepted.filter((file) => !isCurrent(file)),
  };
};

/** Engines read only copies of Parquet files; earlier versions accepted files without one. */
const isReadable = ({ facts, clean_key }: Waiting): boolean =>
  facts.format !== 'parquet' || clean_key !== undefined;

const newestPerKey = (files: readonly Waiting[]): Waiting[] => {
  const newest = new Map<string, Waiting>();
  for (const file of files) {
    const other = newest.get(file.key);
    if (!other || other.number < file.number) newest.set(file.key, file);
  }
  return [...newest.values()];
};

/** Files that are not repairs of another file in the list. */
const standingAlone = (files: readonly Waiting[]): readonly Waiting[] => {
  if (files.every((file) => file.landed_as === undefined)) return files;
  const names = files.map(landedFile);
  return files.filter((file) => !names.some((name) => hangsOn(landedFile(file), name)));
};

const pick = (files: readonly Waiting[], fence: number): readonly Waiting[] => {
  const fresh = files.filter((file) => file.batch_limit === undefined);
  const suspects = files.filter((file) => file.batch_limit !== undefined);
  const [first] = suspects;
  if (!first || (fresh.length > 0 && fence % 2 === 0)) return fresh.slice(0, largestBatch);
  const limit = first.batch_limit ?? 1;
  return suspects.filter((file) => (file.batch_limit ?? 1) >= limit).slice(0, limit);
};

/** What a failed run means for one of its files. */
export type AfterFailedRun = {
  /** It failed twice while alone, and waits for a person; otherwise it is accepted again. */
  readonly isParked: boolean;
  readonly failed_runs: number;
  readonly failed_alone: number;
  /** Most files of its next batch. */
  readonly batch_limit?: number;
};

/** Counts a failed run: the file is accepted again with a smaller next batch, or parked after it failed twice while alone. */
export const afterFailedRun = (
  file: { readonly failed_runs: number; readonly failed_alone: number },
  filesInBatch: number,
): AfterFailedRun => {
  const failed_runs = file.failed_runs + 1;
  const failed_alone = filesInBatch === 1 ? file.failed_alone + 1 : file.failed_alone;
  const batch_limit = failed_runs >= 2 ? Math.max(1, Math.floor(filesInBatch / 2)) : undefined;
  const counts = { failed_runs, failed_alone, ...(batch_limit === undefined ? {} : { batch_limit }) };
  return { isParked: failed_alone >= 2, ...counts };
};

/** Milliseconds after which a batch no longer waits for a file that is about to be validated. */
const validatedWithin = 30_000;

/** True while a file is about to be validated: a batch waits for it, for a limited time. */
export const isBeingValidated = (file: FileRecord, now: string): boolean =>
  file.state === 'landed' &&
  file.reason === undefined &&
  !isOver(file.woken_at ?? file.registered_at, validatedWithin, now);
