import { type AnyFile, reportKey, rowsKey } from '../../functions/pipeline/index.ts';
import { rowsFormat } from '../../functions/validation/index.ts';
import type { Whereabouts } from '../follow/follow.ts';

/** Where the rows lie that were quarantined from a published file; undefined where there are none. */
export const rowsFileOf = (record: AnyFile): string | undefined =>
  record.state === 'published' && (record.quarantined_rows ?? 0) > 0
    ? rowsKey(record, rowsFormat(record))
    : undefined;

/** Where the report on a file lies; undefined for a file that nothing is wrong with. */
export const reportOf = (record: AnyFile): string | undefined =>
  record.state === 'quarantined' || rowsFileOf(record) !== undefined ? reportKey(record) : undefined;

/** Where all reports on a file lie, the newest first: why its last reprocessing left its rows as they were, then what is in quarantine of it. */
export const reportsOf = (record: AnyFile): string[] => {
  const last = record.reprocessed?.at(-1);
  return [last?.report, reportOf(record)].filter((key) => key !== undefined);
};

/** A file version as JSON answers show it: what the ledger knows, and where its report and its rows file lie. */
export const recordDocument = (record: AnyFile): object => {
  const { key: file, facts: _facts, rev: _rev, ...rest } = record;
  return { file, ...rest, report: reportOf(record), rows_file: rowsFileOf(record) };
};

/** The same for a file that a command landed, with its path on this machine and its stage. */
export const fileDocument = ({ file, stage, record }: Whereabouts): object => {
  const known = record ? recordDocument(record) : { file: file.key, version: file.version };
  return { path: file.path, stage, ...known };
};
