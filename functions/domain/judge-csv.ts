import { CsvReader } from './csv-reader.ts';
import type { CsvRecord } from './csv-record.ts';
import { CsvScanner } from './csv-scan.ts';
import type { FindingLog } from './judge-findings.ts';
import { type Header, judgeHeader } from './judge-header.ts';
import { judgeRow } from './judge-row.ts';
import type { FileFacts } from './judgement.ts';
import type { Manifest } from './manifest.ts';

/** Reads a file of one format byte by byte; other formats come in as further parsers of this shape. */
export type Parser = {
  /** Nothing that follows can be understood, or need be. */
  readonly isStopped: boolean;
  /** Data records read so far. */
  readonly records: number;
  /** There is not one byte besides a byte-order mark. */
  readonly isEmpty: boolean;
  readonly write: (bytes: Uint8Array) => void;
  readonly end: () => void;
  readonly stop: () => void;
  /** What was seen; true only after `end`. */
  readonly facts: () => Omit<FileFacts, 'compression' | 'sha256'>;
};

/** Parser of CSV files: RFC 4180 and UTF-8 exactly, then the manifest's columns, record by record. */
export class CsvParser implements Parser {
  records = 0;
  private bytes = 0;
  private header: Header | undefined;
  private isMultiline = false;
  private hasLf = false;
  private hasCrlf = false;
  private judgeRecord: ((record: CsvRecord) => void) | undefined;
  private readonly reader: CsvReader;
  private readonly manifest: Manifest;
  private readonly findings: FindingLog;

  constructor(manifest: Manifest, findings: FindingLog, windowBytes?: number) {
    const { delimiter, quote, max_row_bytes } = manifest;
    const listener = {
      onRecord: (record: CsvRecord) => this.read(record),
      onTooLong: (record: CsvRecord) => this.tooLong(record),
    };
    this.reader = new CsvReader(
      new CsvScanner(delimiter, quote),
      quote,
      max_row_bytes,
      listener,
      windowBytes,
    );
    this.manifest = manifest;
    this.findings = findings;
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
    this.findings.add('max_rows', undefined, () => ({ subject: 'the file', says }));
  }

  stop(): void {
    this.reader.stop();
  }

  facts(): Omit<FileFacts, 'compression' | 'sha256'> {
    const { delimiter, quote } = this.manifest;
    return {
      format: 'csv',
      bom: this.reader.hasByteOrderMark,
      delimiter,
      quote,
      header: this.header?.columns ?? [],
      line_end: this.hasCrlf ? (this.hasLf ? 'mixed' : 'crlf') : 'lf',
      multiline: this.isMultiline,
      records: this.records,
      bytes: this.bytes,
    };
  }

  private read(record: CsvRecord): void {
    if (record.lineEnd === 'lf') this.hasLf = true;
    else if (record.lineEnd === 'crlf') this.hasCrlf = true;
    if (record.isMultiline) this.isMultiline = true;
    if (this.judgeRecord) {
      this.records++;
      this.judgeRecord(record);
    } else this.begin(record);
  }

  private begin(record: CsvRecord): void {
    this.header = judgeHeader(record, this.manifest, this.findings);
    if (this.header) this.judgeRecord = judgeRow(this.header, this.manifest, this.findings);
    else this.stop();
  }

  private tooLong({ line, faults }: CsvRecord): void {
    const hint = faults.some(({ kind }) => kind === 'open_quote') ? ', in a quote that is not closed' : '';
    const says = `is longer than ${this.manifest.max_row_bytes} bytes${hint}; what follows was not read`;
    this.findings.add('max_row_bytes', undefined, () => ({ line, subject: 'the record', says }));
  }

  private tooLarge(): void {
    this.reader.drain(false);
    this.stop();
    const says = `is larger than ${this.manifest.max_bytes} bytes; what follows was not read`;
    this.findings.add('max_bytes', undefined, () => ({ subject: 'the file', says }));
  }
}
