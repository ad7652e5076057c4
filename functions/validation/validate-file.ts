import { validateNames } from './column-names.ts';
import { isGzip, validateName } from './file-name.ts';
import { type Duplicates, type KeyRoom, keyIndex, validateKeys } from './keys/key-index.ts';
import type { Manifest } from './manifest/manifest.ts';
import { markerReason } from './names.ts';
import { openParser } from './parser.ts';
import { type LandedBytes, readLanded } from './reading.ts';
import type { Parser } from './records.ts';
import type { Validation } from './verdict.ts';
import { ViolationLog } from './violations.ts';

/** A landed file: its key, its size in bytes and its bytes, which are read once; `seed` and `scratch` are for its keys. */
export type LandedFile = LandedBytes & KeyRoom & { readonly manifest: Manifest };

/**
 * Validates a file against its manifest: name, then every byte, in constant memory. Bad data is a result; it throws only if the
 * bytes could not be read to the end.
 */
export const validateFile = async (file: LandedFile): Promise<Validation> => {
  const { key, manifest } = file;
  const violations = new ViolationLog();
  const index = keyIndex(manifest, file);
  const parser = openParser(manifest, violations, {}, undefined, { index });
  validateName(key, manifest, violations);
  validateSize(file, violations);
  if (violations.total > 0) parser.stop();
  const { sha256, damage } = await readLanded(file, parser);
  const marker = markerReason(nameIn(manifest.directory, key));
  if (marker !== undefined) return { verdict: 'ignored', reason: marker, sha256 };
  if (damage) violations.add(damage.rule, undefined, () => ({ subject: 'the file', says: damage.says }));
  const duplicates = index && !parser.isStopped ? validateKeys(index, manifest, violations) : undefined;
  return conclude(file, parser, violations, sha256, duplicates);
};

/** The name of a file within the folder of its dataset. */
const nameIn = (directory: string, key: string): string =>
  key.startsWith(directory) ? key.slice(directory.length) : key;

const conclude = (
  { key, manifest }: LandedFile,
  parser: Parser,
  violations: ViolationLog,
  sha256: string,
  duplicates: Duplicates | undefined,
): Validation => {
  const { isEmpty, records } = parser;
  if (violations.total === 0 && isEmpty && manifest.on_empty === 'ignore') {
    return { verdict: 'ignored', reason: 'empty file', sha256 };
  }
  if (violations.total === 0 && records === 0 && manifest.on_empty === 'reject') {
    violations.add('empty', undefined, () => ({ subject: 'the file', says: 'holds no record' }));
  }
  const facts = parser.facts();
  if (violations.ofFile === 0) validateNames(facts.header, violations);
  const duplicateCount = duplicates?.count ?? 0;
  const invalid = parser.invalidRecords + (manifest.on_duplicate === 'reject' ? duplicateCount : 0);
  validateShare(records, invalid, manifest, violations);
  const isRejected = violations.ofFile > 0 || (invalid > 0 && manifest.on_error === 'quarantine');
  if (isRejected) return { verdict: 'rejected', sha256, records, ...violations.violations };
  const compression = isGzip(key) ? 'gzip' : 'none';
  return {
    verdict: 'accepted',
    facts: { ...facts, compression, sha256 },
    drift: parser.drift,
    isRewritten: parser.isRewritten,
    ...quarantined(parser.invalidRecords + duplicateCount, violations, duplicates),
  };
};

const quarantined = (rows: number, { violations }: ViolationLog, duplicates: Duplicates | undefined) =>
  rows > 0 && { quarantined: { rows, ...violations, ...(duplicates && { duplicates }) } };

/** If there are too many invalid records, or no valid ones, the whole file is rejected. */
const validateShare = (
  records: number,
  invalidRecords: number,
  manifest: Manifest,
  violations: ViolationLog,
): void => {
  const { on_error, max_bad_rows = Infinity, max_bad_share = 1 } = manifest;
  if (on_error === 'quarantine' || invalidRecords === 0) return;
  const add = (rule: string, allows: string): void =>
    violations.add(rule, undefined, () => ({
      subject: 'the file',
      says: `has ${invalidRecords} invalid ${invalidRecords === 1 ? 'record' : 'records'} of ${records}, ${allows}`,
    }));
  if (invalidRecords > max_bad_rows) add('max_bad_rows', `the manifest allows ${max_bad_rows}`);
  if (invalidRecords / records > max_bad_share)
    add('max_bad_share', `the manifest allows a share of ${max_bad_share}`);
  if (invalidRecords === records) add('no_valid_record', 'so none can be kept');
};

/** A plain file says how large it is before it is read. */
const validateSize = ({ key, size, manifest: { max_bytes } }: LandedFile, violations: ViolationLog): void => {
  if (isGzip(key) || size <= max_bytes) return;
  violations.add('max_bytes', undefined, () => ({
    subject: 'the file',
    says: `has ${size} bytes, the manifest allows ${max_bytes}`,
  }));
};
