import { type AnyFile, reportKey, rowsKey } from '../../functions/pipeline/index.ts';
import { rowsFormat } from '../../functions/validation/index.ts';
import type { Whereabouts } from '../follow/follow.ts';

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

/** A file version in JSON answers: its record in the ledger, its report and its rows file. */
export const recordDocument = (record: AnyFile): object => {
  const { key: file, facts: _facts, rev: _rev, ...rest } = record;
  return { file, ...rest, report: reportOf(record), rows_file: rowsFileOf(record) };
};

/** The same for a file that a command landed, with its local path and its stage. */
export const fileDocument = ({ file, stage, record }: Whereabouts): object => {
  const known = record ? recordDocument(record) : { file: file.key, version: file.version };
  return { path: file.path, stage, ...known };
};
