import {
  type FileFacts,
  type LandedFile,
  openParser,
  readLanded,
  type Validation,
  ViolationLog,
} from '../../../validation/index.ts';
import { PipelineError } from '../../../values/index.ts';
import type { StreamWriter } from '../../ports.ts';
import { SplitOutlets, type SplitTarget } from './writer.ts';

/** A validation of a file whose valid records are kept. */
export type Accepted = Extract<Validation, { verdict: 'accepted' }>;

/** Reads a file to its end, tells its records to the outlets, and answers what it has counted. */
export type Pour = (
  outlets: SplitOutlets,
) => Promise<{ readonly sha256: string; readonly records: number; readonly invalidRecords: number }>;

/** A file that was read twice was not the same both times: what was written of it says nothing. */
export class SplitMismatch extends PipelineError {
  override readonly name = 'SplitMismatch';
}

/** Parts a landed file as `splitRecords` does. */
export const splitFile = (
  files: StreamWriter,
  file: LandedFile,
  validated: Accepted,
  target: Omit<SplitTarget, 'columns'>,
): Promise<FileFacts> => splitRecords(files, validated, target, pourFile(file, validated));

/**
 * Reads validated records once more and splits them in flat memory: the valid ones byte for byte, the invalid ones as a rows
 * file. Answers the facts of the valid ones. Throws SplitMismatch when this reading counts what the validator did not;
 * nothing is stored then.
 */
export const splitRecords = async (
  files: StreamWriter,
  { facts, quarantined }: Accepted,
  target: Omit<SplitTarget, 'columns'>,
  pour: Pour,
): Promise<FileFacts> => {
  const outlets = new SplitOutlets(files, { ...target, columns: facts.header });
  try {
    const { sha256, records, invalidRecords } = await pour(outlets);
    const isSame =
      sha256 === facts.sha256 && records === facts.records && invalidRecords === (quarantined?.rows ?? 0);
    if (!isSame) throw new SplitMismatch(`${target.source} reads otherwise than it was validated`);
    await outlets.end();
    const bytes = outlets.cleanBytes;
    const format = facts.format === 'csv' ? 'csv' : 'jsonl';
    return { ...facts, format, records: records - invalidRecords, bytes, bom: false, compression: 'none' };
  } catch (cause) {
    await outlets.abort(cause);
    throw cause;
  }
};

/** Pours a landed file. */
export const pourFile =
  (file: LandedFile, { quarantined }: Accepted): Pour =>
  async (outlets) => {
    const keys = { duplicates: quarantined?.duplicates };
    const parser = openParser(file.manifest, new ViolationLog(), outlets, undefined, keys);
    const { sha256 } = await readLanded(file, parser, () => outlets.drained());
    const { records, invalidRecords } = parser;
    return { sha256, records, invalidRecords };
  };
