import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import { headerOf } from './csv/header-reference.ts';
import { type ReferenceRecord, referenceRecords } from './csv/reference.ts';
import { brokenRule } from './fields/reference.ts';
import { duplicatesAmong, type ReferenceDuplicate, type ValidRecord } from './keys/reference.ts';
import { type BareViolation, brokenFields, decoded, isUtf8, shown } from './record-reference.ts';

/** One record that is not to be used. */
export type ReferenceBad = {
  readonly line: number;
  /** Latin-1 of its bytes. */
  readonly raw: string;
  readonly fields?: readonly string[];
  readonly violations: readonly BareViolation[];
};

/** What a file says when it is read as a whole, slowly. */
export type ReferenceReading = {
  readonly violations: readonly BareViolation[];
  /** Data records, invalid ones included. */
  readonly records: number;
  readonly bad: readonly ReferenceBad[];
  /** A violation speaks of more than its record. */
  readonly isRejected: boolean;
  /** Records that can be used. */
  readonly good: readonly ValidRecord[];
  /** Latin-1 of the header and of the valid records as they stand. */
  readonly clean: string;
  readonly drift: readonly string[];
  /** Of the valid records, those to be quarantined for their keys. */
  readonly duplicates: readonly ReferenceDuplicate[];
  readonly facts: {
    readonly bom: boolean;
    readonly header: readonly string[];
    readonly line_end: 'lf' | 'crlf' | 'mixed';
    readonly multiline: boolean;
    readonly records: number;
    readonly bytes: number;
  };
};

const byteOrderMark = '\xef\xbb\xbf';

/** Reads a file of CSV by the rules alone: RFC 4180, UTF-8 and what the manifest says. */
export const readByReference = (bytes: Uint8Array, manifest: Manifest): ReferenceReading => {
  const { bom, records, limit } = cutRecords(bytes, manifest);
  const header = records[0] && headerOf(records[0], manifest);
  const columns = header?.columns ?? [];
  const isUnderstood = header === undefined || header.columns !== undefined;
  const data = isUnderstood ? records.slice(1) : [];
  const validated = data.map((record, at) => ({
    record,
    ordinal: at + 1,
    violations: recordViolations(record, columns, manifest),
  }));
  const right = validated.filter(({ violations }) => violations.length === 0);
  const good = right.map(({ ordinal, record: { line, fields } }) => ({
    ordinal,
    line,
    fields: fields.map((field) => decoded(field.text)),
  }));
  const bad = validated.filter(({ record, violations }) => violations.length > 0 && !isOpen(record));
  const ofFile: BareViolation[] = [
    ...(isUnderstood && limit ? [limit] : []),
    ...(data.length > (manifest.max_rows ?? Infinity) ? [{ rule: 'max_rows' }] : []),
  ];
  const headerViolations = header?.violations ?? [];
  const used = header?.columns ? [...records.slice(0, 1), ...right.map(({ record }) => record)] : [];
  return {
    violations: [...headerViolations, ...validated.flatMap(({ violations }) => violations), ...ofFile],
    records: data.length,
    bad: bad.map(({ record, violations }) => asBad(record, columns, violations)),
    isRejected: headerViolations.length > 0 || ofFile.length > 0 || data.some(isOpen),
    good,
    clean: used.map((record) => record.raw + record.lineEnd).join(''),
    drift: header?.drift ?? [],
    duplicates: limit ? [] : duplicatesAmong(good, columns, manifest),
    facts: {
      bom,
      header: columns,
      line_end: lineEndOf(records),
      multiline: records.some(({ fields }) => fields.some(({ isMultiline }) => isMultiline)),
      records: data.length,
      bytes: bytes.length,
    },
  };
};

/** Records up to what is too long or too much. */
const cutRecords = (bytes: Uint8Array, manifest: Manifest) => {
  const { max_bytes, max_row_bytes } = manifest;
  const whole = Buffer.from(bytes).toString('latin1');
  const bom = whole.startsWith(byteOrderMark);
  const isTooLarge = whole.length > max_bytes;
  const all = referenceRecords(whole.slice(bom ? 3 : 0, max_bytes), manifest);
  const seen = isTooLarge ? all.filter(({ lineEnd }) => lineEnd !== '') : all;
  const tooLong = seen.findIndex(({ raw }) => raw.length > max_row_bytes);
  const line = seen[tooLong]?.line ?? 0;
  if (tooLong >= 0) return { bom, records: seen.slice(0, tooLong), limit: { rule: 'max_row_bytes', line } };
  return { bom, records: seen, limit: isTooLarge ? { rule: 'max_bytes' } : undefined };
};

const lineEndOf = (records: readonly ReferenceRecord[]): 'lf' | 'crlf' | 'mixed' => {
  const ends = new Set(records.map(({ lineEnd }) => lineEnd));
  if (ends.has('\r\n')) return ends.has('\n') ? 'mixed' : 'crlf';
  return 'lf';
};

/** A quote that is never closed has swallowed whatever stood behind it. */
const isOpen = ({ fields }: ReferenceRecord): boolean =>
  fields.some(({ violations }) => violations.includes('open_quote'));

const asBad = (
  { line, raw, fields }: ReferenceRecord,
  columns: readonly string[],
  violations: readonly BareViolation[],
): ReferenceBad => {
  const isSplit =
    fields.length === columns.length && fields.every(({ violations }) => violations.length === 0);
  const texts = fields.map((field) => decoded(field.text));
  return { line, raw, violations, ...(isSplit && isUtf8(raw) && { fields: texts }) };
};

const recordViolations = (
  record: ReferenceRecord,
  columns: readonly string[],
  manifest: Manifest,
): BareViolation[] => {
  const { line, raw, fields } = record;
  const broken = brokenFields(record, columns, manifest);
  if (broken.length > 0) return broken;
  if (raw === '') return [{ rule: 'blank_line', line }];
  if (fields.length !== columns.length) return [{ rule: 'columns', line }];
  return fields.flatMap(({ text, line: fieldLine }, at): BareViolation[] => {
    const field = manifest.fields.find(({ from }) => from === columns[at]);
    const rule = field && brokenRule(field, decoded(text));
    if (!field || rule === undefined) return [];
    const isShown = !field.pii && rule !== 'required';
    return [{ rule, line: fieldLine, column: field.name, ...(isShown && { value: shown(text) }) }];
  });
};
