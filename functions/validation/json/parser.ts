import type { FileFacts } from '../facts.ts';
import { DuplicateCursor } from '../keys/duplicate-rows.ts';
import type { KeyCheck } from '../keys/key-index.ts';
import { fileKind } from '../kind.ts';
import type { Manifest } from '../manifest/manifest.ts';
import type { Parser, RecordListener } from '../records.ts';
import type { Violation } from '../verdict.ts';
import type { ViolationLog } from '../violations.ts';
import { ArrayCutter } from './array.ts';
import { LineCutter } from './lines.ts';
import { NamedTwice } from './nesting.ts';
import { JsonReader, type JsonRecord } from './reader.ts';
import { JsonRecordValidator } from './record.ts';
import type { RecordViolation } from './violations.ts';

const [space, lf, cr] = [0x20, 0x0a, 0x0d];
const lineEnd = Buffer.from([lf]);
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/**
 * Parser of JSON lines and of files that are one JSON array, by RFC 8259 and UTF-8 exactly; no object may have a key twice. A
 * listener gets records as lines: those of JSON lines unchanged, elements of an array each on one line.
 */
export class JsonParser implements Parser {
  isRewritten = false;
  records = 0;
  invalidRecords = 0;
  /** Violations of a record that whoever wrote its text knows, by its position from 1. */
  known: (record: number) => readonly RecordViolation[] = () => [];
  private bytes = 0;
  private found: Violation[] = [];
  /** The record that was validated last, if its keys had to be nested. */
  private nested: Buffer | undefined;
  private readonly lines: LineCutter | undefined;
  private readonly reader: JsonReader;
  private readonly validate: JsonRecordValidator;
  private readonly manifest: Manifest;
  private readonly violations: ViolationLog;
  private readonly listener: RecordListener;
  private readonly keys: KeyCheck;
  private readonly quarantinedDuplicates: DuplicateCursor;

  constructor(
    manifest: Manifest,
    violations: ViolationLog,
    listener: RecordListener = {},
    windowBytes?: number,
    keys: KeyCheck = {},
  ) {
    this.lines = manifest.format === 'json' ? undefined : new LineCutter();
    const told = {
      onRecord: (record: JsonRecord) => this.read(record),
      onTooLong: (line: number) => this.tooLong(line),
      onBroken: (line: number, problem: string) => this.broken(line, problem),
    };
    const cutter = this.lines ?? new ArrayCutter();
    this.reader = new JsonReader(cutter, manifest.max_row_bytes, told, windowBytes);
    this.validate = new JsonRecordValidator(manifest, violations);
    this.manifest = manifest;
    this.violations = violations;
    this.listener = listener;
    this.keys = keys;
    this.quarantinedDuplicates = new DuplicateCursor(keys.duplicates ?? [], manifest, violations);
    if (listener.onInvalid) violations.listen((violation) => this.found.push(violation));
  }

  get isStopped(): boolean {
    return this.reader.isStopped;
  }

  get isEmpty(): boolean {
    return this.bytes === 0;
  }

  get drift(): readonly string[] {
    return this.records === 0 ? [] : this.validate.columns.drift;
  }

  write(bytes: Uint8Array): void {
    const room = this.manifest.max_bytes - this.bytes;
    this.bytes += bytes.length;
    this.reader.write(bytes.length > room ? bytes.subarray(0, room) : bytes);
    if (bytes.length > room && !this.isStopped) this.tooLarge();
  }

  end(): void {
    if (this.isEmpty) return;
    this.reader.drain(true);
    const { max_rows } = this.manifest;
    const { records } = this;
    if (max_rows !== undefined && records > max_rows) {
      this.reject('max_rows', 'the file', `has ${records} records, the manifest allows ${max_rows}`);
    }
  }

  /** Validates all whole records that were written so far. */
  drain(): void {
    this.reader.drain(false);
  }

  stop(): void {
    this.reader.stop();
  }

  facts(): Omit<FileFacts, 'compression' | 'sha256'> {
    const { format, delimiter, quote } = this.manifest;
    const { hasLf = false, hasCrlf = false } = this.lines ?? {};
    return {
      format,
      bom: false,
      delimiter,
      quote,
      header: this.validate.columns.names,
      line_end: hasCrlf ? (hasLf ? 'mixed' : 'crlf') : 'lf',
      multiline: false,
      records: this.records,
      bytes: this.bytes,
    };
  }

  private read(record: JsonRecord): void {
    this.records++;
    if (this.records === 1 && this.isForeign(record.bytes.subarray(record.start, record.end))) return;
    const before = this.violations.total;
    this.nested = undefined;
    const isReadable = this.validateRecord(record);
    const found = this.violations.total - before;
    if (found === 0 && this.hasLoneReturn(record)) this.isRewritten = true;
    const { excess } = this.validate.columns;
    if (excess) this.reject('unknown_column', 'the file', `${excess}; what follows was not read`);
    else if (found === 0) this.tellValid(record);
    else if (isReadable) this.tellInvalid(record, found);
    else this.stop();
  }

  private tellInvalid(record: JsonRecord, found: number): void {
    this.invalidRecords++;
    this.violations.inRecords += found;
    this.listener.onInvalid?.({ line: record.line, bytes: this.asLine(record), violations: this.found });
    if (this.violations.areTooMany) this.stop();
    this.found = [];
  }

  /** False if what follows cannot be understood: in an array nobody knows what a broken element contains. */
  private validateRecord({ bytes, start, end, line, isUtf8 }: JsonRecord): boolean {
    if (this.quarantinedDuplicates.ordinal === this.records) this.quarantinedDuplicates.tell();
    else if (start === end) this.addOne('blank_line', line, 'the line', 'is blank');
    else if (!isUtf8) this.addOne('encoding', line, 'the record', 'is not UTF-8');
    else {
      const verdict = this.validate.validate(bytes, start, end, line, this.known(this.records));
      if (verdict === 'flat') this.validateNested(bytes, start, end, line);
      return verdict !== 'broken' || this.lines !== undefined;
    }
    return true;
  }

  /** If the keys of a record are nested first, the nested record is validated and reported. */
  private validateNested(bytes: Buffer, start: number, end: number, line: number): void {
    try {
      const nested = this.validate.nested(bytes, start, end);
      this.validate.validate(nested, 0, nested.length, line);
      this.nested = nested;
      this.isRewritten = true;
    } catch (cause) {
      if (!(cause instanceof NamedTwice)) throw cause;
      const says = 'is named twice, by one key and by a key inside of another';
      this.violations.add('duplicate_column', cause.path, () => ({ line, subject: 'the column', says }));
    }
  }

  private tellValid(record: JsonRecord): void {
    const { listener, keys } = this;
    if (keys.index) this.validate.addKey(keys.index, this.records, record.line);
    if (!listener.onValid) return;
    listener.onValid(this.validLine(record));
  }

  private validLine(record: JsonRecord): Uint8Array {
    if (this.nested) return Buffer.concat([onOneLine(this.nested), lineEnd]);
    const { bytes, start, end, next } = record;
    if (this.lines && !this.hasLoneReturn(record)) return bytes.subarray(start, next);
    return Buffer.concat([onOneLine(bytes.subarray(start, end)), lineEnd]);
  }

  /** An engine may read it as the end of a line. */
  private hasLoneReturn({ bytes, start, end }: JsonRecord): boolean {
    return this.lines !== undefined && bytes.subarray(start, end).includes(cr);
  }

  private asLine({ bytes, start, end }: JsonRecord): Buffer {
    const text = bytes.subarray(start, end);
    return this.lines ? text : onOneLine(text);
  }

  /** Says what the file is if it is not JSON. */
  private isForeign(head: Uint8Array): boolean {
    const kind = fileKind(head);
    const hasMark = byteOrderMark.every((byte, at) => head[at] === byte);
    if (kind) this.reject('binary', 'the file', `is ${kind}, not JSON in UTF-8`);
    else if (hasMark)
      this.reject('encoding', 'the file', 'begins with a byte-order mark, which JSON has not');
    return kind !== undefined || hasMark;
  }

  private tooLong(line: number): void {
    if (this.records === 0 && this.isForeign(this.reader.head)) return;
    const says = `is longer than ${this.manifest.max_row_bytes} bytes; what follows was not read`;
    this.addOne('max_row_bytes', line, 'the record', says);
  }

  private broken(line: number, problem: string): void {
    if (this.records === 0 && this.isForeign(this.reader.head)) return;
    this.addOne('json', line, problem, 'and what follows was not read');
  }

  private tooLarge(): void {
    this.reader.drain(false);
    const { max_bytes } = this.manifest;
    this.reject('max_bytes', 'the file', `is larger than ${max_bytes} bytes; what follows was not read`);
  }

  private reject(rule: string, subject: string, says: string): void {
    this.violations.add(rule, undefined, () => ({ subject, says }));
    this.stop();
  }

  private addOne(rule: string, line: number, subject: string, says: string): void {
    this.violations.add(rule, undefined, () => ({ line, subject, says }));
  }
}

/** Line breaks between tokens are blanks, and there are none inside tokens. */
const onOneLine = (text: Buffer): Buffer =>
  text.includes(lf) || text.includes(cr)
    ? Buffer.from(text.map((byte) => (byte === lf || byte === cr ? space : byte)))
    : text;
