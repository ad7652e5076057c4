import { isUtf8 } from 'node:buffer';
import type { FileFacts } from '../facts.ts';
import { openScanner } from '../fast/reader.ts';
import type { RecordScanner } from '../fast/records.ts';
import { DuplicateCursor } from '../keys/duplicate-rows.ts';
import type { KeyCheck } from '../keys/key-index.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { InvalidRecord, Parser, RecordListener } from '../records.ts';
import type { Violation } from '../verdict.ts';
import type { ViolationLog } from '../violations.ts';
import { type Header, validateHeader } from './header.ts';
import { type AddKey, addKeys } from './keys.ts';
import { CsvReader, type CsvSkipper } from './reader.ts';
import type { CsvRecord } from './record.ts';
import { validateRow } from './row.ts';
import { CsvScanner } from './scanner.ts';

/**
 * Parser of CSV files: first RFC 4180 and UTF-8 exactly, then the manifest's columns. Records that the scanner does not confirm
 * as valid are validated one by one; without a scanner all are, with the same result.
 */
export class CsvParser implements Parser {
  readonly isRewritten = false;
  records = 0;
  invalidRecords = 0;
  drift: readonly string[] = [];
  private bytes = 0;
  private header: Header | undefined;
  private isMultiline = false;
  private hasLf = false;
  private hasCrlf = false;
  private validateRecord: ((record: CsvRecord) => void) | undefined;
  private readonly reader: CsvReader;
  private readonly manifest: Manifest;
  private readonly violations: ViolationLog;
  private readonly listener: RecordListener;
  private found: Violation[] = [];
  private addKey: AddKey | undefined;
  private readonly keys: KeyCheck;
  private readonly quarantinedDuplicates: DuplicateCursor;
  private readonly openScanner: typeof openScanner;
  private scanner: RecordScanner | undefined;

  constructor(
    manifest: Manifest,
    violations: ViolationLog,
    listener: RecordListener = {},
    windowBytes?: number,
    keys: KeyCheck = {},
    scanner = openScanner,
  ) {
    const { delimiter, quote, max_row_bytes } = manifest;
    const cutter = {
      onRecord: (record: CsvRecord) => this.read(record),
      onTooLong: (record: CsvRecord) => this.tooLong(record),
    };
    this.reader = new CsvReader(new CsvScanner(delimiter, quote), quote, max_row_bytes, cutter, windowBytes);
    this.manifest = manifest;
    this.violations = violations;
    this.listener = listener;
    this.keys = keys;
    this.openScanner = scanner;
    this.quarantinedDuplicates = new DuplicateCursor(keys.duplicates ?? [], manifest, violations);
    if (listener.onInvalid) violations.listen((violation) => this.found.push(violation));
  }

  get isStopped(): boolean {
    return this.reader.isStopped;
  }

  get isEmpty(): boolean {
    return this.bytes === 0 || (this.reader.hasByteOrderMark && this.bytes === 3);
  }

  write(bytes: Uint8Array): void {
    const room = this.manifest.max_bytes - this.bytes;
    this.bytes += bytes.length;
    this.reader.write(bytes.length > room ? bytes.subarray(0, room) : bytes);
    if (bytes.length > room && !this.isStopped) this.tooLarge();
  }

  end(): void {
    this.reader.drain(true);
    const { max_rows } = this.manifest;
    const { records } = this;
    if (max_rows === undefined || records <= max_rows) return;
    const says = `has ${records} records, the manifest allows ${max_rows}`;
    this.violations.add('max_rows', undefined, () => ({ subject: 'the file', says }));
  }

  stop(): void {
    this.reader.stop();
  }

  facts(): Omit<FileFacts, 'compression' | 'sha256'> {
    const { delimiter, quote } = this.manifest;
    const scanned = this.scanner?.facts;
    const [hasLf, hasCrlf] = [this.hasLf || scanned?.hasLf, this.hasCrlf || scanned?.hasCrlf];
    return {
      format: 'csv',
      bom: this.reader.hasByteOrderMark,
      delimiter,
      quote,
      header: this.header?.columns ?? [],
      line_end: hasCrlf ? (hasLf ? 'mixed' : 'crlf') : 'lf',
      multiline: this.isMultiline || scanned?.isMultiline === true,
      records: this.records,
      bytes: this.bytes,
    };
  }

  private read(record: CsvRecord): void {
    if (record.lineEnd === 'lf') this.hasLf = true;
    else if (record.lineEnd === 'crlf') this.hasCrlf = true;
    if (record.isMultiline) this.isMultiline = true;
    if (this.validateRecord) {
      this.records++;
      this.validate(record, this.validateRecord);
    } else this.begin(record);
  }

  /** A quote that is never closed contains all later records: nothing of the file can be used. */
  private validate(record: CsvRecord, validateRecord: (record: CsvRecord) => void): void {
    const before = this.violations.total;
    if (this.quarantinedDuplicates.ordinal === this.records) this.quarantinedDuplicates.tell();
    else validateRecord(record);
    const found = this.violations.total - before;
    const { bytes, start, next, violations } = record;
    if (found === 0) this.addKey?.(record, this.records);
    if (found === 0) this.listener.onValid?.(bytes.subarray(start, next));
    if (found === 0 || violations.some(({ kind }) => kind === 'open_quote')) return;
    this.invalidRecords++;
    this.violations.inRecords += found;
    this.listener.onInvalid?.({ ...this.asBad(record), violations: this.found });
    if (this.violations.areTooMany) this.stop();
    this.found = [];
  }

  private asBad(record: CsvRecord): Omit<InvalidRecord, 'violations'> {
    const { line, start, end, count, violations } = record;
    const isSplit = violations.length === 0 && count === this.header?.columns.length;
    const bytes = record.bytes.subarray(start, end);
    return {
      line,
      bytes,
      ...(isSplit &&
        isUtf8(bytes) && { fields: Array.from({ length: count }, (_, field) => record.text(field)) }),
    };
  }

  private begin(record: CsvRecord): void {
    this.header = validateHeader(record, this.manifest, this.violations);
    this.found = [];
    if (!this.header) {
      this.stop();
      return;
    }
    this.drift = this.header.drift;
    this.addKey = addKeys(this.keys.index, this.header, this.manifest);
    this.validateRecord = validateRow(this.header, this.manifest, this.violations);
    this.listener.onHeader?.(record.bytes.subarray(record.start, record.next), this.header.columns);
    this.reader.skipper = this.skipper(this.header);
  }

  private skipper(header: Header): CsvSkipper | undefined {
    let place = { records: 0, lines: 0 };
    let window: Uint8Array = new Uint8Array();
    const scanner = this.openScanner(header, this.manifest, this.keys.index, () => place);
    this.scanner = scanner;
    return (
      scanner && {
        open: (bytes, end, isSuspect) => {
          window = bytes;
          scanner.open(bytes, end, isSuspect);
        },
        skip: (from, line) => {
          place = { records: this.records, lines: line - 1 };
          const to = scanner.skip(from, this.quarantinedDuplicates.ordinal - 1 - this.records);
          this.records += scanner.records;
          if (to > from) this.listener.onValid?.(window.subarray(from, to));
          return to;
        },
        get lines() {
          return scanner.lines;
        },
      }
    );
  }

  private tooLong({ line, violations }: CsvRecord): void {
    const hint = violations.some(({ kind }) => kind === 'open_quote')
      ? ', in a quote that is not closed'
      : '';
    const says = `is longer than ${this.manifest.max_row_bytes} bytes${hint}; what follows was not read`;
    this.violations.add('max_row_bytes', undefined, () => ({ line, subject: 'the record', says }));
  }

  private tooLarge(): void {
    this.reader.drain(false);
    if (this.isStopped) return;
    this.stop();
    const says = `is larger than ${this.manifest.max_bytes} bytes; what follows was not read`;
    this.violations.add('max_bytes', undefined, () => ({ subject: 'the file', says }));
  }
}
