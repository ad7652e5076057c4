import {
  openRows,
  QuarantinedLines,
  type RepairSource,
  type RowsFormat,
  rowsFormat,
  ViolationLog,
} from '../../validation/index.ts';
import { ObjectGone, UnreadableRows } from '../errors.ts';
import {
  type FileVersion,
  fileId,
  landingPrefix,
  parseFileId,
  rowsBeside,
  rowsKey,
  sourceOfRows,
} from '../lake-keys.ts';
import type { FileReader, Files, Ledger } from '../ports.ts';
import { landedFile, repairKey } from '../queries/repairs.ts';
import { type AnyFile, anyFile, type FileRecord } from '../records/file.ts';

/** Finds the file whose rows a landed rows file repairs. */

/** The file version whose quarantined rows are repaired. */
export type Source = RepairSource & { readonly record: FileRecord };

/** Why there is nothing to repair. */
export type Rejection = { readonly rule: 'source' | 'stale'; readonly says: string };

type Ports = { files: Files; ledger: Ledger };

const base = (key: string): string => key.slice(key.lastIndexOf('/') + 1);

/** True for the key of a landed rows file: `<file>@<version>.rows.csv` or `.rows.jsonl`. */
export const isRepair = (key: string): boolean => sourceOfRows(base(key)) !== undefined;

/** The file that landed rows repair; `name` is what the rows say. It must be the published version. */
export const findSource = async (
  { files, ledger }: Ports,
  file: FileRecord,
  name: string,
): Promise<Source | Rejection> => {
  const named = parseFileId(name);
  const record = await ledger.files.find(namedRecord(file, named));
  if (!record || landedFile(record) !== named.key)
    return { rule: 'source', says: `repairs ${name}, which the ledger does not know` };
  const rejection = await reject(ledger, file, record);
  if (rejection) return rejection;
  const { facts } = anyFile(record);
  if (!facts) throw new TypeError(`${fileId(record)} is published, and nothing is known of its bytes`);
  return { record, name, facts, lines: await quarantinedLines(files, record) };
};

/** A repair is published under another name than it landed, so its own name identifies it. */
const namedRecord = (file: FileRecord, named: FileVersion): FileVersion => {
  if (!named.key.includes('#')) return named;
  const name = sourceOfRows(base(file.key)) ?? base(file.key);
  return { ...named, key: `${landingPrefix(file.dataset)}${parseFileId(name).key}` };
};

const reject = async (
  ledger: Ports['ledger'],
  file: FileRecord,
  source: FileRecord,
): Promise<Rejection | undefined> => {
  const rejected = (says: string): Rejection => ({ rule: 'source', says });
  const { state, quarantined_rows = 0 } = anyFile(source);
  if (state === 'superseded') return { rule: 'stale', says: await stale(ledger, source) };
  if (state !== 'published') return rejected(`repairs ${fileId(source)}, which is ${state}, not published`);
  if (quarantined_rows === 0) return rejected(`repairs ${fileId(source)}, which has no rows in quarantine`);
  const key = repairKey(source);
  return file.key === key ? undefined : rejected(`repairs ${fileId(source)}; land it as ${key}`);
};

const stale = async (ledger: Ports['ledger'], source: FileRecord): Promise<string> => {
  const versions = await ledger.files.versionsOf(source.key);
  const published = versions.find(({ state }) => state === 'published');
  const now = published ? `by version ${published.version}; repair the rows of that one` : 'since';
  return `repairs ${fileId(source)}, which was superseded ${now}`;
};

/** The rows file next to the clean copy has the same rows; it expires, the one in quarantine stays. */
const quarantinedLines = async (files: Files, record: AnyFile): Promise<QuarantinedLines> => {
  const rows = rowsFormat(record);
  const beside = record.clean_key === undefined ? [] : [rowsBeside(record.clean_key, rows)];
  for (const key of [...beside, rowsKey(record, rows)]) {
    const stored = (await files.versionsOf(key)).at(-1);
    const content = stored && (await files.open(stored));
    if (content) return readLines(content, rows, key);
  }
  throw new ObjectGone(rowsKey(record, rows), `the rows file of ${fileId(record)}`);
};

/** The lines in a rows file, in its order; of the first existing key the newest version, or the given one. */
export const linesOf = async (
  files: FileReader,
  places: readonly (string | FileVersion)[],
  format: RowsFormat,
): Promise<number[]> => {
  const content = await firstThere(files, places);
  if (!content) throw new ObjectGone(places.map(placeName).join(', '), 'the rows file');
  const lines: number[] = [];
  const reader = openRows(format, Infinity, new ViolationLog(), ({ line }) => {
    if (line !== '') lines.push(Number(line));
  });
  for await (const chunk of content) reader.write(chunk);
  reader.end();
  return lines;
};

const placeName = (place: string | FileVersion): string =>
  typeof place === 'string' ? place : fileId(place);

const firstThere = async (
  files: FileReader,
  places: readonly (string | FileVersion)[],
): Promise<AsyncIterable<Uint8Array> | undefined> => {
  for (const place of places) {
    const stored = typeof place === 'string' ? (await files.versionsOf(place)).at(-1) : place;
    const content = stored && (await files.open(stored));
    if (content) return content;
  }
  return undefined;
};

const readLines = async (
  content: AsyncIterable<Uint8Array>,
  format: RowsFormat,
  key: string,
): Promise<QuarantinedLines> => {
  const lines = new QuarantinedLines();
  const violations = new ViolationLog();
  const reader = openRows(format, Infinity, violations, ({ line }) => line !== '' && lines.add(Number(line)));
  for await (const chunk of content) reader.write(chunk);
  reader.end();
  if (violations.total > 0) throw new UnreadableRows(key, violations.kept[0]?.message ?? '');
  lines.sort();
  return lines;
};
