import { ForbiddenMove } from '../../errors.ts';
import { fileId } from '../../lake-keys.ts';
import type { Clock, Ledger } from '../../ports.ts';
import { repairKey } from '../../queries/repairs.ts';
import type { BatchIn } from '../../records/batch.ts';
import type {
  AcceptedFacts,
  FileIn,
  FilePatch,
  FileRecord,
  Reprocess,
  Reprocessed,
  ReprocessState,
} from '../../records/file.ts';
import { reprocessMoves } from '../../records/file.ts';
import { afterFailedRun, type Waiting } from '../choose-batch.ts';

/**
 * Reprocessing: a published file version runs again through manifest, SQL and rules in force. Its record stays
 * `published` and carries the request; only when a batch has replaced its rows does the record say what made them.
 */

/** A file and the request that its record carries. */
export type Reprocessing = FileIn<'published'> & { readonly reprocess: Reprocess };

/** True while a published file is to be reprocessed, and no further than said. */
export const isAt = (file: FileRecord | undefined, ...states: ReprocessState[]): file is Reprocessing =>
  file?.state === 'published' && file.reprocess !== undefined && states.includes(file.reprocess.state);

/** Records the request to reprocess a published file; undefined when it is requested already, or someone was faster. */
export const askReprocess = async (
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  file: FileRecord,
  wanted?: string,
): Promise<FileIn<'published'> | undefined> => {
  if (file.state !== 'published' || file.reprocess) return undefined;
  const asked = { state: 'asked', asked_at: clock.now(), failed_runs: 0, failed_alone: 0 } as const;
  return ledger.files.askReprocess(file, { ...asked, ...(wanted !== undefined && { wanted }) });
};

/** Takes the request a step on; undefined when someone was faster. */
export const stepReprocess = async (
  ledger: Ledger,
  file: Reprocessing,
  to: ReprocessState,
  patch: Partial<Reprocess> = {},
): Promise<FileIn<'published'> | undefined> => {
  expectMove(file, to);
  return ledger.files.amend(file, { reprocess: { ...file.reprocess, ...patch, state: to } });
};

type Outcome = Omit<Reprocessed, 'asked_at' | 'ended_at'>;
type Ports = { ledger: Ledger; clock: Clock };

const longestHistory = 20;

/** Ends the request with its outcome, in the write that also records what changes with it; undefined when someone was faster. */
export const endReprocess = async (
  { ledger, clock }: Ports,
  file: Reprocessing,
  outcome: Outcome,
  patch: FilePatch<'published'> = {},
): Promise<FileIn<'published'> | undefined> => {
  expectMove(file, 'ended');
  const { asked_at, wanted } = file.reprocess;
  const met = wanted === undefined ? {} : { made_by: wanted };
  const ended = { asked_at, ended_at: clock.now(), ...met, ...outcome };
  const reprocessed = [...(file.reprocessed ?? []), ended].slice(-longestHistory);
  const written = await ledger.files.amend<'published'>(file, {
    ...patch,
    reprocess: undefined,
    reprocessed,
  });
  if (written) await ledger.files.dequeueReprocess(file, file.reprocess);
  return written;
};

const expectMove = ({ reprocess }: Reprocessing, to: ReprocessState | 'ended'): void => {
  if (reprocessMoves[reprocess.state].includes(to)) return;
  throw new ForbiddenMove('reprocessing', reprocess.state, to);
};

/** What validation has found out, as it counts for the file once its rows are replaced. */
export const acceptedFacts = (reprocess: Reprocess): Partial<AcceptedFacts> => {
  const { facts, manifest_sha256, quarantine_path, records, quarantined_rows, clean_key, drift, repairs } =
    reprocess;
  return {
    quarantined_rows,
    clean_key,
    ...(facts && { facts }),
    ...(manifest_sha256 !== undefined && { manifest_sha256 }),
    ...(quarantine_path !== undefined && { quarantine_path }),
    ...(records !== undefined && { records }),
    ...(drift && { drift }),
    ...(repairs && { repairs }),
  };
};

/** A file that was validated again, as one that waits for a batch. */
const asWaiting = (file: Reprocessing): Waiting => {
  const { failed_runs, failed_alone, batch_limit } = file.reprocess;
  const found = acceptedFacts(file.reprocess);
  return { ...file, ...found, state: 'accepted', failed_runs, failed_alone, batch_limit };
};

/** Files that can go into a batch: validated again, and their bytes archived. */
export const readyAgain = (files: readonly FileRecord[]): Waiting[] =>
  files.flatMap((file) => (isAt(file, 'accepted') && file.stored_as !== undefined ? [asWaiting(file)] : []));

/** What a failed run makes of a file that it was to reprocess. */
export const giveBackReprocess = async (
  ports: Ports,
  file: Reprocessing,
  { reason, is_files_fault, id }: BatchIn<'failed'>,
  filesInBatch: number,
): Promise<void> => {
  const unclaimed = { batch_id: undefined, reason };
  if (!is_files_fault) {
    await stepReprocess(ports.ledger, file, 'accepted', unclaimed);
    return;
  }
  const { isParked, failed_runs, failed_alone, batch_limit } = afterFailedRun(asWaiting(file), filesInBatch);
  if (isParked) await endReprocess(ports, file, { outcome: 'failed', reason, batch_id: id });
  else
    await stepReprocess(ports.ledger, file, 'accepted', {
      ...unclaimed,
      failed_runs,
      failed_alone,
      batch_limit,
    });
};

/** Published repairs that hang on a file directly. */
export const publishedRepairs = async (
  ledger: Ledger,
  file: Reprocessing,
): Promise<FileIn<'published'>[]> => {
  if ((file.quarantined_rows ?? 0) === 0) return [];
  const versions = await ledger.files.versionsOf(repairKey(file));
  return versions.flatMap((one) =>
    one.state === 'published' && one.repairs?.version === file.version ? [one] : [],
  );
};

/** True when rows of a file that was validated again have been repaired since: it has to be validated once more. */
export const isOutdated = async (ledger: Ledger, file: Reprocessing): Promise<boolean> => {
  const now = (await publishedRepairs(ledger, file)).map(fileId);
  return now.join() !== (file.reprocess.repaired_by ?? []).join();
};
