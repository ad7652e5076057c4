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

/** A validation of a file whose accepted records are kept. */
export type Accepted = Extract<Validation, { verdict: 'accepted' }>;

/** Reads a file to its end, passes its records to the outlets, and returns its counts. */
export type Pour = (
  outlets: SplitOutlets,
) => Promise<{ readonly sha256: string; readonly records: number; readonly invalidRecords: number }>;

/** Two readings of a file differ: what was written of it is not reliable. */
export class SplitMismatch extends PipelineError {
  override readonly name = 'SplitMismatch';
}

/** Splits a landed file as `splitRecords` does. */
export const splitFile = (
  files: StreamWriter,
  file: LandedFile,
  validated: Accepted,
  target: Omit<SplitTarget, 'columns'>,
): Promise<FileFacts> => splitRecords(files, validated, target, pourFile(file, validated));

/**
 * Reads validated records again and splits them in constant memory: the accepted ones byte for byte, the invalid ones into a
 * rows file. Returns the facts of the accepted ones. Throws SplitMismatch if this reading counts other records than the
 * validator; then nothing is stored.
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
    if (!isSame) throw new SplitMismatch(`${target.source} differs from what was validated`);
    await outlets.end();
    const bytes = outlets.cleanBytes;
    const format = facts.format === 'csv' ? 'csv' : 'jsonl';
    return { ...facts, format, records: records - invalidRecords, bytes, bom: false, compression: 'none' };
  } catch (cause) {
    await outlets.abort(cause);
    throw cause;
  }
};

/** Reads a landed file into the outlets. */
export const pourFile =
  (file: LandedFile, { quarantined }: Accepted): Pour =>
  async (outlets) => {
    const keys = { duplicates: quarantined?.duplicates };
    const parser = openParser(file.manifest, new ViolationLog(), outlets, undefined, keys);
    const { sha256 } = await readLanded(file, parser, () => outlets.drained());
    const { records, invalidRecords } = parser;
    return { sha256, records, invalidRecords };
  };
