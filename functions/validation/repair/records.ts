import { CsvRecord } from '../csv/record.ts';
import { CsvScanner } from '../csv/scanner.ts';
import { validateStructure } from '../csv/structure.ts';
import type { FileFacts } from '../facts.ts';
import { sourcesOf } from '../fields/source.ts';
import type { Manifest } from '../manifest/manifest.ts';
import { jsonViolation } from '../rows-file/json-text.ts';
import type { SentRow } from '../rows-file/reader.ts';
import { csvRecord } from '../rows-file/text.ts';
import type { ViolationLog } from '../violations.ts';

/** Makes records of the source's own format from sent rows; for rows from which none can be made it adds violations. */
export type Repairer = {
  /** What comes before the first record. */
  readonly head: Uint8Array;
  /** A sent row's texts in the order of the source's columns; none in JSON. */
  readonly fields: (row: SentRow) => readonly string[] | undefined;
  /** One record with its line end; `line` is its line in the landed file. */
  readonly repair: (row: SentRow, line: number) => Uint8Array | undefined;
};

/** The repairer for the source; undefined if the sent columns are not those of the source. */
export const openRepairer = (
  facts: FileFacts,
  columns: readonly string[],
  manifest: Manifest,
  violations: ViolationLog,
): Repairer | undefined =>
  facts.format === 'csv'
    ? csvRepairer(facts, columns, manifest, violations)
    : jsonRepairer(manifest, violations);

const jsonRepairer = (manifest: Manifest, violations: ViolationLog): Repairer => ({
  head: new Uint8Array(0),
  fields: () => undefined,
  repair: (row, line) => {
    const add = (rule: string, says: string): undefined => {
      violations.add(rule, undefined, () => ({ line, subject: 'the record', says }));
      return undefined;
    };
    const text = row.record ?? row.raw;
    if (row.record === undefined && text.includes('\uFFFD')) return add('encoding', replaced);
    const violation = jsonViolation(text);
    if (violation !== undefined) return add('json', violation);
    const bytes = Buffer.from(`${text}\n`);
    return isShort(bytes.length - 1, manifest, line, violations) ? bytes : undefined;
  },
});

const replaced = 'holds U+FFFD in place of what could not be shown';

/** Writes records as the source writes them. */
const csvRepairer = (
  { header, delimiter, quote }: FileFacts,
  columns: readonly string[],
  manifest: Manifest,
  violations: ViolationLog,
): Repairer | undefined => {
  if (!areColumnsOf(header, columns, manifest, violations)) return undefined;
  const places = header.map((name) => columns.indexOf(name));
  const fieldsOf = ({ fields }: SentRow): readonly string[] => places.map((at) => fields[at] ?? '');
  const check = rawCheck(header, manifest, { delimiter, quote }, violations);
  return {
    head: Buffer.from(`${csvRecord(header, delimiter, quote)}\n`),
    fields: fieldsOf,
    repair: (row, line) => {
      const fields = fieldsOf(row);
      const isSplit = fields.some((field) => field !== '');
      if (!isSplit && !check(row.raw, line)) return undefined;
      const bytes = Buffer.from(`${isSplit ? csvRecord(fields, delimiter, quote) : row.raw}\n`);
      return isShort(bytes.length - 1, manifest, line, violations) ? bytes : undefined;
    },
  };
};

const areColumnsOf = (
  header: readonly string[],
  columns: readonly string[],
  { fields }: Manifest,
  violations: ViolationLog,
): boolean => {
  const hides = fields.some(({ pii }) => pii);
  const strange = columns.find((name, at) => !header.includes(name) || columns.indexOf(name) < at);
  const missing = header.find((name) => !columns.includes(name));
  if (strange !== undefined) {
    const says = 'has a column that the file it came from does not have, or one twice';
    const value = hides ? undefined : strange;
    violations.add('unknown_column', undefined, () => ({ value, subject: 'the header', says }));
  }
  if (missing !== undefined)
    violations.add('missing_column', missing, () => ({ subject: 'the header', says: 'lacks the column' }));
  return strange === undefined && missing === undefined;
};

/** Checks a line that was not split against the syntax: it must be one record, because more would contain another row. */
const rawCheck = (
  header: readonly string[],
  { fields }: Manifest,
  { delimiter, quote }: Pick<FileFacts, 'delimiter' | 'quote'>,
  violations: ViolationLog,
): ((raw: string, line: number) => boolean) => {
  const hides = fields.some(({ pii }) => pii);
  const columns = sourcesOf(header, fields);
  const scanner = new CsvScanner(delimiter, quote);
  const record = new CsvRecord();
  record.quote = quote;
  return (raw, line) => {
    const add = (rule: string, says: string): false => {
      violations.add(rule, undefined, () => ({ line, subject: 'the record', says }));
      return false;
    };
    if (raw === '') return true;
    if (raw.includes('\uFFFD')) return add('encoding', replaced);
    const bytes = Buffer.from(raw);
    scanner.scan(bytes, 0, bytes.length, true, record);
    record.line = line;
    record.isSuspect = bytes.includes(0);
    if (validateStructure(record, columns, hides, violations)) return false;
    return record.lineEnd === 'none' || add('repair', 'is more than one record, or ends with a line break');
  };
};

const isShort = (
  bytes: number,
  { max_row_bytes }: Manifest,
  line: number,
  violations: ViolationLog,
): boolean => {
  if (bytes <= max_row_bytes) return true;
  const says = `is longer than ${max_row_bytes} bytes`;
  violations.add('max_row_bytes', undefined, () => ({ line, subject: 'the record', says }));
  return false;
};
