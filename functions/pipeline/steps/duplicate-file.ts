import type { Validation } from '../../validation/index.ts';
import type { FileVersion } from '../lake-keys.ts';
import type { Ledger } from '../ports.ts';
import type { FileRecord, FileState } from '../records/file.ts';
import { isRepair } from './repair-source.ts';
import type { Accepted } from './split/records.ts';

/** Files of a dataset that hold the same bytes under two names. */

/** What is said of a file that holds what another one held. */
export const sameBytesAs = ({ key, version }: FileVersion): string =>
  `same bytes as ${key}, version ${version}`;

/** Finds another file of the dataset with the same bytes that serves or will serve; rows that are sent again to be repaired have a source instead. */
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
  // What it said has been replaced or rejected: from now on this file is the first.
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

/** An accepted file as a manifest sees it that rejects such files. */
export const rejectedAs = (
  { facts }: Accepted,
  twin: FileVersion,
): Extract<Validation, { verdict: 'rejected' }> => ({
  verdict: 'rejected',
  sha256: facts.sha256,
  records: facts.records,
  total: 1,
  counts: { duplicate_file: 1 },
  violations: [{ rule: 'duplicate_file', message: `the file holds the ${sameBytesAs(twin)}` }],
});
