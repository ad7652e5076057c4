import { isUtf8 } from 'node:buffer';
import { CsvRecord } from './record.ts';
import type { CsvScanner } from './scanner.ts';

/** What a reader reports while it reads. */
export type CsvListener = {
  /** Whole records, in order. */
  readonly onRecord: (record: CsvRecord) => void;
  /** A record that is longer than allowed, cut at that length; nothing after it can be read. */
  readonly onTooLong: (record: CsvRecord) => void;
};

/** Skips records that are certainly valid, faster than they can be split into fields. */
export type CsvSkipper = {
  /** Starts a window whose complete records end before `end`; a suspect one contains NULs or bytes that are not UTF-8. */
  readonly open: (window: Buffer, end: number, isSuspect: boolean) => void;
  /** Moves from the start of a record, on a physical line from 1, to the start of the first one to be split. */
  readonly skip: (from: number, line: number) => number;
  /** Physical lines that the last call went over. */
  readonly lines: number;
};

const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);
const lf = 0x0a;
/** A carriage return at the end of a cut record may belong to its line end. */
const lineEndBytes = 2;

/**
 * Splits a stream of bytes into records, however it is chunked; holds at most a window and one record. After `stop` it ignores
 * the rest.
 */
export class CsvReader {
  /** The first bytes are a byte-order mark; it belongs to no record. */
  hasByteOrderMark = false;
  isStopped = false;
  /** May be set while a record is reported. */
  skipper: CsvSkipper | undefined;
  private readonly record = new CsvRecord();
  private window: Buffer;
  private start = 0;
  private end = 0;
  private line = 1;
  private isBegun = false;
  private readonly scanner: CsvScanner;
  private readonly longest: number;
  private readonly listener: CsvListener;

  constructor(
    scanner: CsvScanner,
    quote: string,
    longest: number,
    listener: CsvListener,
    windowBytes = 2 ** 18,
  ) {
    this.scanner = scanner;
    this.longest = longest;
    this.listener = listener;
    this.record.quote = quote;
    this.window = Buffer.allocUnsafe(windowBytes);
  }

  write(chunk: Uint8Array): void {
    for (let at = 0; at < chunk.length && !this.isStopped; ) {
      const taken = Math.min(chunk.length - at, this.window.length - this.end);
      this.window.set(chunk.subarray(at, at + taken), this.end);
      this.end += taken;
      at += taken;
      if (this.end === this.window.length) this.makeRoom();
    }
  }

  /** Reads its complete records; with `isLast`, also what follows the last line end. */
  drain(isLast: boolean): void {
    if (!this.begin(isLast) || this.start === this.end) return;
    const whole = isLast ? this.end : this.window.lastIndexOf(lf, this.end - 1) + 1;
    // All whole records are looked at at once, since nearly all files are clean.
    const isSuspect = whole > this.start && this.isBroken(this.start, whole);
    let opened: CsvSkipper | undefined;
    while (this.start < this.end && !this.isStopped) {
      if (this.skipper !== opened) this.skipper?.open(this.window, whole, isSuspect);
      opened = this.skipper;
      this.skip();
      if (this.start < this.end && !this.cut(isLast, isSuspect)) return;
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private skip(): void {
    if (!this.skipper) return;
    this.start = this.skipper.skip(this.start, this.line);
    this.line += this.skipper.lines;
  }

  /** False if there is no complete record, and one may still come. */
  private cut(isLast: boolean, isSuspect: boolean): boolean {
    const isWhole = this.scanner.scan(this.window, this.start, this.end, isLast, this.record);
    if (!isWhole && this.end - this.start < this.longest + lineEndBytes) return false;
    if (isWhole && this.record.end - this.record.start <= this.longest) this.tell(isSuspect);
    else this.tooLong();
    return true;
  }

  private tell(isSuspect: boolean): void {
    const { record } = this;
    record.line = this.line;
    record.isSuspect = isSuspect && this.isBroken(record.start, record.end);
    this.start = record.next;
    this.line += record.isMultiline ? record.breaks(record.next) : 1;
    this.listener.onRecord(record);
  }

  private tooLong(): void {
    const cut = this.start + this.longest;
    this.scanner.scan(this.window, this.start, cut, true, this.record);
    this.record.line = this.line;
    this.stop();
    this.listener.onTooLong(this.record);
  }

  /** False while too few bytes are there to tell a byte-order mark. */
  private begin(isLast: boolean): boolean {
    if (this.isBegun) return true;
    if (this.end < byteOrderMark.length && !isLast) return false;
    this.isBegun = true;
    this.hasByteOrderMark = this.window
      .subarray(0, Math.min(this.end, byteOrderMark.length))
      .equals(byteOrderMark);
    if (this.hasByteOrderMark) this.start = byteOrderMark.length;
    return true;
  }

  private isBroken(start: number, end: number): boolean {
    const part = this.window.subarray(start, end);
    return part.includes(0) || !isUtf8(part);
  }

  private makeRoom(): void {
    this.drain(false);
    if (this.start === 0) this.grow();
    this.window.copyWithin(0, this.start, this.end);
    this.end -= this.start;
    this.start = 0;
  }

  private grow(): void {
    const window = Buffer.allocUnsafe(this.window.length * 2);
    window.set(this.window.subarray(0, this.end));
    this.window = window;
  }
}
