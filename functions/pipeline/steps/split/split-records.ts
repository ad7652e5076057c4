import { openParser } from '../../../validation/parser.ts';
import { readLanded } from '../../../validation/reading.ts';
import type { LandedFile } from '../../../validation/validate-file.ts';
import type { FileFacts, Judgement } from '../../../validation/verdict.ts';
import { FindingLog } from '../../../validation/violations.ts';
import type { Files } from '../../ports.ts';
import { type Parting, SplitOutlets } from './outlets.ts';

/** A judgement of a file whose good records are kept. */
export type Accepted = Extract<Judgement, { verdict: 'accepted' }>;

/** Reads a file to its end, tells its records to the outlets, and answers what it has counted. */
export type Pour = (
  outlets: SplitOutlets,
) => Promise<{ readonly sha256: string; readonly records: number; readonly badRecords: number }>;

/** A file that was read twice was not the same both times: what was written of it says nothing. */
export class SplitMismatch extends Error {
  override readonly name = 'SplitMismatch';
}

/** Parts a landed file as `splitRecords` does. */
export const splitFile = (
  files: Pick<Files, 'writeStream'>,
  file: LandedFile,
  judged: Accepted,
  parting: Omit<Parting, 'columns'>,
): Promise<FileFacts> => splitRecords(files, judged, parting, pourFile(file, judged));

/**
 * Reads judged records once more and parts them in flat memory: the good ones byte for byte, the bad ones as a rows
 * file. Answers the facts of the good ones. Throws SplitMismatch when this reading counts what the judge did not;
 * nothing is stored then.
 */
export const splitRecords = async (
  files: Pick<Files, 'writeStream'>,
  { facts, quarantined }: Accepted,
  parting: Omit<Parting, 'columns'>,
  pour: Pour,
): Promise<FileFacts> => {
  const outlets = new SplitOutlets(files, { ...parting, columns: facts.header });
  try {
    const { sha256, records, badRecords } = await pour(outlets);
    const isSame =
      sha256 === facts.sha256 && records === facts.records && badRecords === (quarantined?.rows ?? 0);
    if (!isSame) throw new SplitMismatch(`${parting.source} reads otherwise than it was judged`);
    await outlets.end();
    const bytes = outlets.cleanBytes;
    const format = facts.format === 'csv' ? 'csv' : 'jsonl';
    return { ...facts, format, records: records - badRecords, bytes, bom: false, compression: 'none' };
  } catch (cause) {
    await outlets.abort(cause);
    throw cause;
  }
};

/** Pours a landed file. */
export const pourFile =
  (file: LandedFile, { quarantined }: Accepted): Pour =>
  async (outlets) => {
    const keys = { discards: quarantined?.discards };
    const parser = openParser(file.manifest, new FindingLog(), outlets, undefined, keys);
    const { sha256 } = await readLanded(file, parser, () => outlets.drained());
    const { records, badRecords } = parser;
    return { sha256, records, badRecords };
  };
