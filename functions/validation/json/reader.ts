import { isUtf8 } from 'node:buffer';
import type { JsonCutter } from './cutter.ts';

/** One record in the window; nothing of it may be kept. */
export type JsonRecord = {
  readonly bytes: Buffer;
  readonly start: number;
  /** The line end is not part of it. */
  readonly end: number;
  /** The position after its line end. */
  readonly next: number;
  /** Physical line on which it starts, from 1. */
  readonly line: number;
  readonly isUtf8: boolean;
};

/** What a reader reports while it reads. */
export type JsonListener = {
  readonly onRecord: (record: JsonRecord) => void;
  /** Nothing after this line can be read; the reader has stopped. */
  readonly onTooLong: (line: number) => void;
  readonly onBroken: (line: number, problem: string) => void;
};

/** A carriage return at the end of a cut record may belong to its line end. */
const lineEndBytes = 2;

/** Splits a stream of bytes into records, however it is chunked; holds at most a window and one record. */
export class JsonReader {
  isStopped = false;
  private readonly record: { -readonly [key in keyof JsonRecord]: JsonRecord[key] } = {
    bytes: Buffer.alloc(0),
    start: 0,
    end: 0,
    next: 0,
    line: 1,
    isUtf8: true,
  };
  private window: Buffer;
  private start = 0;
  private end = 0;
  private line = 1;
  private readonly cutter: JsonCutter;
  private readonly longest: number;
  private readonly listener: JsonListener;

  constructor(cutter: JsonCutter, longest: number, listener: JsonListener, windowBytes = 2 ** 18) {
    this.cutter = cutter;
    this.longest = longest;
    this.listener = listener;
    this.window = Buffer.allocUnsafe(windowBytes);
  }

  /** The first bytes, as far as they were read; reliable only before the first record is reported. */
  get head(): Buffer {
    return this.window.subarray(0, this.end);
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

  /** Reads its complete records; with `isLast`, also what follows them. */
  drain(isLast: boolean): void {
    const { cutter } = this;
    const isText = this.isStopped || isUtf8(this.window.subarray(this.start, this.endOfText(isLast)));
    while (!this.isStopped) {
      const cut = cutter.cut(this.window, this.start, this.end, isLast);
      this.line += cutter.breaksBefore;
      this.start = cutter.next;
      if (cut === 'record') this.tell(isText);
      else if (cut === 'broken') this.broken(cutter.problem);
      else if (this.end - this.start > this.longest + lineEndBytes) this.tooLong();
      else if (cut === 'part' && isLast) this.broken('the file ends inside a record');
      else return;
    }
  }

  stop(): void {
    this.isStopped = true;
  }

  private tell(isText: boolean): void {
    const { cutter, record } = this;
    const { start, end, next } = cutter;
    if (end - start > this.longest) {
      this.tooLong();
      return;
    }
    record.bytes = this.window;
    record.start = start;
    record.end = end;
    record.next = next;
    record.line = this.line;
    record.isUtf8 = isText || isUtf8(this.window.subarray(start, end));
    this.line += cutter.breaksInside;
    this.listener.onRecord(record);
  }

  private tooLong(): void {
    this.stop();
    this.listener.onTooLong(this.line);
  }

  private broken(problem: string): void {
    this.stop();
    this.listener.onBroken(this.line, problem);
  }

  /** Records are looked at all at once, since nearly all files are clean; a character may be cut at the end of the window. */
  private endOfText(isLast: boolean): number {
    if (isLast) return this.end;
    let at = this.end;
    while (at > this.start && ((this.window[at - 1] ?? 0) & 0xc0) === 0x80) at--;
    return at > this.start && (this.window[at - 1] ?? 0) >= 0xc0 ? at - 1 : at;
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
