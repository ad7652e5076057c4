import {
  type AnyFile,
  type Ledger,
  leftInQuarantine,
  quarantineKey,
  repairKey,
  repairsOf,
  rowsFileOf,
} from '../../functions/pipeline/index.ts';

/** What lands again (source and key), or why it stays in quarantine; `isSettled` if it needs nobody any more. */
export type Replayable =
  | { readonly record: AnyFile; readonly from: string; readonly to: string }
  | { readonly record: AnyFile; readonly stays: string; readonly isSettled?: boolean };

/** Decides for a file in quarantine, whole or with some rows; `manifest` is the hash of the one in force. */
export const replayable = async (ledger: Ledger, record: AnyFile, manifest: string): Promise<Replayable> => {
  if (record.dismissed)
    return { record, stays: `it was dropped on purpose by ${record.dismissed.by}`, isSettled: true };
  if (record.state === 'superseded') return { record, stays: 'it is superseded', isSettled: true };
  if (rowsFileOf(record) !== undefined && leftInQuarantine(record, await repairsOf(ledger, [record])) === 0)
    return { record, stays: 'all its quarantined rows are repaired', isSettled: true };
  if (record.batch_id === undefined || record.state === 'published') {
    if (record.manifest_sha256 === manifest)
      return { record, stays: 'its manifest has not changed since it was validated' };
  }
  return record.state === 'quarantined' ? ofWholeFile(ledger, record) : ofRows(ledger, record);
};

const ofWholeFile = async (ledger: Ledger, record: AnyFile): Promise<Replayable> => {
  const newer = newestAfter(record.number, await ledger.files.versionsOf(record.key));
  const isSettled = newer?.state === 'published';
  if (newer)
    return { record, stays: `version ${newer.version} of it is newer, and ${newer.state}`, isSettled };
  return { record, from: record.stored_as ?? quarantineKey(record), to: record.key };
};

/** Rows that somebody has repaired since are not landed again in their old form: that would undo the repair. */
const ofRows = async (ledger: Ledger, record: AnyFile): Promise<Replayable> => {
  const from = rowsFileOf(record);
  if (from === undefined) return { record, stays: `it is ${record.state}` };
  const to = repairKey(record);
  const repaired = newestAfter(0, await ledger.files.versionsOf(to));
  if (repaired)
    return {
      record,
      stays: `rows of it were repaired in version ${repaired.version}, which is ${repaired.state}`,
    };
  return { record, from, to };
};

/** Ignored and missing versions do not count. */
const newestAfter = (number: number, versions: readonly AnyFile[]): AnyFile | undefined =>
  versions.filter((one) => one.number > number && !['ignored', 'missing'].includes(one.state)).at(-1);
