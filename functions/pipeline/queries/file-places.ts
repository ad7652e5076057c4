import { rowsFormat } from '../../validation/index.ts';
import { reportKey, rowsKey } from '../lake-keys.ts';
import type { AnyFile } from '../records/file.ts';

/** The rows file of a published file; undefined if no rows are quarantined. */
export const rowsFileOf = (record: AnyFile): string | undefined =>
  record.state === 'published' && (record.quarantined_rows ?? 0) > 0
    ? rowsKey(record, rowsFormat(record))
    : undefined;

/** The report on a file; undefined if nothing is wrong with it. */
export const reportOf = (record: AnyFile): string | undefined =>
  record.state === 'quarantined' || rowsFileOf(record) !== undefined ? reportKey(record) : undefined;

/**
 * All reports on a file, the newest first: on the last reprocess that left its rows unchanged, then on what is in quarantine.
 */
export const reportsOf = (record: AnyFile): string[] => {
  const last = record.reprocessed?.at(-1);
  return [last?.report, reportOf(record)].filter((key) => key !== undefined);
};
