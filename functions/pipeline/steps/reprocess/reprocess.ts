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
 * Reprocessing: a published file version runs again through the manifest, SQL and rules in force. Its record stays `published`
 * and has the request; only after a batch has replaced its rows does the record say what made them.
 */

/** A file and the request in its record. */
export type Reprocessing = FileIn<'published'> & { readonly reprocess: Reprocess };

/** True while a published file has a request, at one of these steps if given. */
export const isAt = (file: FileRecord | undefined, ...states: ReprocessState[]): file is Reprocessing =>
  file?.state === 'published' && file.reprocess !== undefined && states.includes(file.reprocess.state);

/** Records the request to reprocess a published file; undefined if it is already requested, or the record has changed. */
export const askReprocess = async (
  { ledger, clock }: { ledger: Ledger; clock: Clock },
  file: FileRecord,
  wanted?: string,
): Promise<FileIn<'published'> | undefined> => {
  if (file.state !== 'published' || file.reprocess) return undefined;
  const asked = { state: 'asked', asked_at: clock.now(), failed_runs: 0, failed_alone: 0 } as const;
  return ledger.files.askReprocess(file, { ...asked, ...(wanted !== undefined && { wanted }) });
};

/** Moves the request one step on; undefined if the record has changed. */
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

/** Ends the request with its outcome, in the same write as other changes; undefined if the record has changed. */
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

/** Facts from the validation that become valid after the file's rows are replaced. */
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

/** A file that was validated again, in the form of a file that waits for a batch. */
const asWaiting = (file: Reprocessing): Waiting => {
  const { failed_runs, failed_alone, batch_limit } = file.reprocess;
  const found = acceptedFacts(file.reprocess);
  return { ...file, ...found, state: 'accepted', failed_runs, failed_alone, batch_limit };
};

/** Files that can be put into a batch: validated again, and their bytes archived. */
export const readyAgain = (files: readonly FileRecord[]): Waiting[] =>
  files.flatMap((file) => (isAt(file, 'accepted') && file.stored_as !== undefined ? [asWaiting(file)] : []));

/** What a failed run means for a file that it should have reprocessed. */
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

/** Published repairs of a file, without repairs of repairs. */
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

/** True if rows of a file were repaired after it was validated again: it must be validated once more. */
export const isOutdated = async (ledger: Ledger, file: Reprocessing): Promise<boolean> => {
  const now = (await publishedRepairs(ledger, file)).map(fileId);
  return now.join() !== (file.reprocess.repaired_by ?? []).join();
};
