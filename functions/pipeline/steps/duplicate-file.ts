import type { Validation } from '../../validation/index.ts';
import type { FileVersion } from '../lake-keys.ts';
import type { Ledger } from '../ports.ts';
import type { FileRecord, FileState } from '../records/file.ts';
import { isRepair } from './repair-source.ts';
import type { Accepted } from './split/records.ts';

/** Files of a dataset with the same bytes under two names. */

/** A reason that names the file with the same bytes. */
export const sameBytesAs = ({ key, version }: FileVersion): string =>
  `same bytes as ${key}, version ${version}`;

/** Finds another file of the dataset with the same bytes that is or will be published; repairs have a source instead. */
export const duplicateOf = async (
  { ledger }: { readonly ledger: Ledger },
  file: FileRecord,
  validation: Validation,
): Promise<FileVersion | undefined> => {
  if (validation.verdict !== 'accepted' || validation.facts.records === 0 || isRepair(file.key))
    return undefined;
  const { sha256 } = validation.facts;
  const first = await ledger.files.firstWith(sha256, file);
  if (first.key === file.key) return undefined;
  if (counts.has((await ledger.files.find(first))?.state)) return first;
  // The recorded file has been replaced or rejected: from now on this file is the first.
  const next = await ledger.files.firstWith(sha256, file, first);
  return next.key === file.key ? undefined : next;
};

const counts: ReadonlySet<FileState | undefined> = new Set<FileState>([
  'landed',
  'accepted',
  'claimed',
  'published',
  'parked',
]);

/** The verdict on an accepted file if the manifest rejects files with known bytes. */
export const rejectedAs = (
  { facts }: Accepted,
  duplicate: FileVersion,
): Extract<Validation, { verdict: 'rejected' }> => ({
  verdict: 'rejected',
  sha256: facts.sha256,
  records: facts.records,
  total: 1,
  counts: { duplicate_file: 1 },
  violations: [{ rule: 'duplicate_file', message: `the file holds the ${sameBytesAs(duplicate)}` }],
});
