import { type AnyFile, reportOf, rowsFileOf } from '../../functions/pipeline/index.ts';
import type { Whereabouts } from '../follow/follow.ts';

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
