import {
  allViolations,
  type Duplicate,
  type Duplicates,
  type KeyRoom,
  type LandedContent,
  type LineMap,
  longestRow,
  type Manifest,
  openParser,
  openRows,
  type RepairedKeys,
  RepairReader,
  readBytes,
  readContent,
  type Validation,
  ViolationLog,
  type Violations,
  validateKeys,
} from '../../validation/index.ts';
import type { AnyFile, FileRecord } from '../records/file.ts';
import { findSource, type Rejection, type Source } from './repair-source.ts';
import type { Pour } from './split/records.ts';

/** A landed rows file, and the manifest in force; `seed` and `scratch` are for the keys of its records. */
export type SentFile = LandedContent & KeyRoom & { readonly key: string; readonly manifest: Manifest };

/** A landed rows file, read only as far as the name of the file that it repairs. */
type Sent = {
  readonly sha256: string;
  /** `<landed file>@<version>`, from the first row. */
  readonly source: string;
  /** Why it cannot be read so far. */
  readonly violations: Violations;
};

/** Reads which file a rows file repairs; undefined if there are violations. */
const readSource = async (file: SentFile): Promise<Sent> => {
  const violations = new ViolationLog();
  let first: string | undefined;
  const format = file.key.endsWith('.jsonl') ? 'jsonl' : 'csv';
  const rows = openRows(format, longestRow(file.manifest), violations, ({ source }) => {
    first ??= source;
    rows.stop();
  });
  if (isTooLarge(file, violations)) rows.stop();
  const unreadable = (says: string): void => {
    violations.add('unreadable', undefined, () => ({ subject: 'the rows file', says }));
    rows.stop();
  };
  const sink = {
    get isStopped() {
      return rows.isStopped;
    },
    write: (bytes: Uint8Array) => readBytes(() => rows.write(bytes), unreadable),
  };
  const { sha256 } = await readContent(file, false, sink);
  readBytes(() => rows.end(), unreadable);
  if (first === undefined && violations.total === 0)
    violations.add('empty', undefined, () => ({ subject: 'the rows file', says: 'holds no row' }));
  return { sha256, source: first ?? '', violations: violations.violations };
};

const isTooLarge = ({ size, manifest: { max_bytes } }: SentFile, violations: ViolationLog): boolean => {
  if (size <= max_bytes) return false;
  const says = `has ${size} bytes, the manifest allows ${max_bytes}`;
  violations.add('max_bytes', undefined, () => ({ subject: 'the rows file', says }));
  return true;
};

const rejected = (sha256: string, { rule, says }: Rejection): Validation => {
  const violations = new ViolationLog();
  violations.add(rule, undefined, () => ({ subject: 'the rows file', says }));
  return { verdict: 'rejected', sha256, records: 0, ...violations.violations };
};

type Ports = Parameters<typeof findSource>[0];

/** A validated repair, and how to read its records again for splitting. */
export type ValidatedRepair = {
  readonly validation: Validation;
  /** Set if the source is known. */
  readonly source?: Source;
  readonly pour: (file: SentFile) => Pour;
};

/** Validates a landed rows file; `again` opens it a second time. */
export const validateSent = async (
  ports: Ports,
  record: FileRecord,
  file: SentFile,
  again: () => Promise<SentFile>,
): Promise<ValidatedRepair> => {
  const sent = await readSource(file);
  const { sha256, violations } = sent;
  if (violations.total > 0)
    return { validation: { verdict: 'rejected', sha256, records: 0, ...violations }, pour: nothing };
  const source = await findSource(ports, record, sent.source);
  if ('rule' in source) return { validation: rejected(sha256, source), pour: nothing };
  return validateRepair(ports, await again(), source);
};

const nothing = (): Pour => () => Promise.reject(new TypeError('a rejected file is not split'));

/**
 * Validates repaired rows as records of the dataset, against its manifest in force. It is rejected as a whole only if it is not
 * a rows file of its source, or none of its rows is valid.
 */
const validateRepair = async (ports: Ports, file: SentFile, source: Source): Promise<ValidatedRepair> => {
  const manifest = asSource(file.manifest, source);
  const reader = new RepairReader({ source, manifest, room: file });
  if (reader.index) await addPublished(ports, reader.index, source.record, file.manifest);
  const { sha256 } = await readContent(file, false, reader);
  reader.end();
  const { index } = reader;
  const duplicates =
    index && !reader.isStopped ? validateKeys(index, manifest, reader.violations) : undefined;
  const validation = conclude(reader, duplicates, sha256);
  return {
    validation,
    source,
    pour: (again) => pourRepair(again, source, linesOfDuplicates(duplicates, reader.lines)),
  };
};

/**
 * Adds the keys of the source's accepted records, and of the files that the source itself repairs; an expired clean copy adds
 * none.
 */
const addPublished = async (
  { files, ledger }: Ports,
  index: RepairedKeys,
  source: AnyFile,
  manifest: Manifest,
): Promise<void> => {
  const { clean_key, facts, repairs } = source;
  const stored = clean_key && (await files.versionsOf(clean_key)).at(-1);
  const content = stored && (await files.open(stored));
  if (content && facts) {
    const parser = openParser(asSource(manifest, { facts }), new ViolationLog(), {}, undefined, { index });
    await index.addPublished(parser, content);
  }
  const above = repairs && (await ledger.files.find(repairs));
  if (above) await addPublished({ files, ledger }, index, above, manifest);
};

/**
 * Repaired records are written in the form of the source's accepted ones; the limit of records was checked for the whole file.
 */
const asSource = (manifest: Manifest, { facts }: Pick<Source, 'facts'>): Manifest => ({
  ...manifest,
  format: facts.format,
  delimiter: facts.delimiter,
  quote: facts.quote,
  max_rows: undefined,
});

const conclude = (reader: RepairReader, duplicates: Duplicates | undefined, sha256: string): Validation => {
  const { records, violations, validated, parser } = reader;
  const rows = reader.invalidRecords + (duplicates?.count ?? 0);
  if (records > 0 && rows === records && violations.ofFile + validated.ofFile === 0)
    violations.add('no_valid_record', undefined, () => ({
      subject: 'the rows file',
      says: 'repairs no row',
    }));
  const all = allViolations(reader);
  if (violations.ofFile + validated.ofFile > 0) return { verdict: 'rejected', sha256, records, ...all };
  return {
    verdict: 'accepted',
    facts: { ...parser.facts(), compression: 'none', sha256, records },
    drift: parser.drift,
    isRewritten: parser.isRewritten,
    ...(rows > 0 && { quarantined: { rows, ...all, ...(duplicates && { duplicates }) } }),
  };
};

const pourRepair =
  (file: SentFile, source: Source, duplicates: Iterable<Duplicate>): Pour =>
  async (outlets) => {
    const manifest = asSource(file.manifest, source);
    const reader = new RepairReader({ source, manifest, outlets, duplicates });
    const { sha256 } = await readContent(file, false, reader);
    reader.end();
    const { records, invalidRecords } = reader;
    return { sha256, records, invalidRecords };
  };

/** A parser of the repaired text counts its lines from 1. */
function* linesOfDuplicates(duplicates: Iterable<Duplicate> = [], lines: LineMap): Generator<Duplicate> {
  for (const duplicate of duplicates) yield { ...duplicate, line: lines.start(duplicate.ordinal) };
}
