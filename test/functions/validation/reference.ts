import type { Manifest } from '../../../functions/validation/manifest/manifest.ts';
import { headerOf } from './csv/header-reference.ts';
import { type ReferenceRecord, referenceRecords } from './csv/reference.ts';
import { brokenRule } from './fields/reference.ts';
import { type GoodRecord, type ReferenceRepeat, repeatsAmong } from './keys/reference.ts';
import { type BareFinding, brokenFields, decoded, isUtf8, shown } from './record-reference.ts';

/** One record that is not to be used. */
export type ReferenceBad = {
  readonly line: number;
  /** Latin-1 of its bytes. */
  readonly raw: string;
  readonly fields?: readonly string[];
  readonly findings: readonly BareFinding[];
};

/** What a file says when it is read as a whole, slowly. */
export type ReferenceReading = {
  readonly findings: readonly BareFinding[];
  /** Data records, bad ones included. */
  readonly records: number;
  readonly bad: readonly ReferenceBad[];
  /** A finding speaks of more than its record. */
  readonly isRefused: boolean;
  /** Records that can be used. */
  readonly good: readonly GoodRecord[];
  /** Latin-1 of the header and of the good records as they stand. */
  readonly clean: string;
  readonly drift: readonly string[];
  /** Of the good records, those to be set aside for their keys. */
  readonly repeats: readonly ReferenceRepeat[];
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
  const judged = data.map((record, at) => ({
    record,
    ordinal: at + 1,
    findings: recordFindings(record, columns, manifest),
  }));
  const right = judged.filter(({ findings }) => findings.length === 0);
  const good = right.map(({ ordinal, record: { line, fields } }) => ({
    ordinal,
    line,
    fields: fields.map((field) => decoded(field.text)),
  }));
  const bad = judged.filter(({ record, findings }) => findings.length > 0 && !isOpen(record));
  const ofFile: BareFinding[] = [
    ...(isUnderstood && limit ? [limit] : []),
    ...(data.length > (manifest.max_rows ?? Infinity) ? [{ rule: 'max_rows' }] : []),
  ];
  const headerFindings = header?.findings ?? [];
  const used = header?.columns ? [...records.slice(0, 1), ...right.map(({ record }) => record)] : [];
  return {
    findings: [...headerFindings, ...judged.flatMap(({ findings }) => findings), ...ofFile],
    records: data.length,
    bad: bad.map(({ record, findings }) => asBad(record, columns, findings)),
    isRefused: headerFindings.length > 0 || ofFile.length > 0 || data.some(isOpen),
    good,
    clean: used.map((record) => record.raw + record.lineEnd).join(''),
    drift: header?.drift ?? [],
    repeats: limit ? [] : repeatsAmong(good, columns, manifest),
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
  fields.some(({ faults }) => faults.includes('open_quote'));

const asBad = (
  { line, raw, fields }: ReferenceRecord,
  columns: readonly string[],
  findings: readonly BareFinding[],
): ReferenceBad => {
  const isSplit = fields.length === columns.length && fields.every(({ faults }) => faults.length === 0);
  const texts = fields.map((field) => decoded(field.text));
  return { line, raw, findings, ...(isSplit && isUtf8(raw) && { fields: texts }) };
};

const recordFindings = (
  record: ReferenceRecord,
  columns: readonly string[],
  manifest: Manifest,
): BareFinding[] => {
  const { line, raw, fields } = record;
  const broken = brokenFields(record, columns, manifest);
  if (broken.length > 0) return broken;
  if (raw === '') return [{ rule: 'blank_line', line }];
  if (fields.length !== columns.length) return [{ rule: 'columns', line }];
  return fields.flatMap(({ text, line: fieldLine }, at): BareFinding[] => {
    const field = manifest.fields.find(({ from }) => from === columns[at]);
    const rule = field && brokenRule(field, decoded(text));
    if (!field || rule === undefined) return [];
    const isShown = !field.pii && rule !== 'required';
    return [{ rule, line: fieldLine, column: field.name, ...(isShown && { value: shown(text) }) }];
  });
};
