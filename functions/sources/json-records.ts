import { isUtf8 } from 'node:buffer';
import { BrokenBody } from './broken-body.ts';
import { Levels } from './levels.ts';
import { type Outside, readOutside } from './outside.ts';
import type { JsonPath } from './paths.ts';
import { RecordText } from './record-text.ts';
import { TextEnd } from './text-end.ts';

const [quote, comma] = [0x22, 0x2c];
const [openBracket, closeBracket, openBrace, closeBrace] = [0x5b, 0x5d, 0x7b, 0x7d];
const byteOrderMark = Buffer.from([0xef, 0xbb, 0xbf]);

/** Most bytes of a body outside of its records, which are kept until its end. */
const mostOutside = 4 * 2 ** 20;

/** 1 for blanks. */
const blank = new Uint8Array(256);
for (const byte of [0x20, 0x09, 0x0a, 0x0d]) blank[byte] = 1;

/** Where the reader is: outside of the records; before the first one; after a comma; in one; after one. */
type State = 'outside' | 'first' | 'comma' | 'record' | 'after';

/**
 * Takes the records at a path out of a JSON body that comes in parts, in bounded memory: what is kept is one record, and what
 * the body says outside of the records. Throws `BrokenBody` for a body that is not JSON, ends early, has no list at the path,
 * or has a record of more than `mostBytes`.
 */
export class JsonRecords {
  private state: State = 'outside';
  private readonly levels: Levels;
  private readonly record: RecordText;
  private readonly kept: Buffer[] = [];
  private keptBytes = 0;
  private isInText = false;
  private readonly textEnd = new TextEnd();
  /** Pieces of a key that continues in the next part. */
  private key: Buffer[] = [];
  private lists = 0;
  private records = 0;

  constructor(path: JsonPath, mostBytes: number) {
    this.levels = new Levels(path);
    this.record = new RecordText(mostBytes);
  }

  /** The records that end in this part of the body, each in one line without blanks outside of its texts. */
  push(bytes: Buffer): string[] {
    const found: string[] = [];
    let at = 0;
    while (at < bytes.length)
      if (this.state === 'outside') at = this.outside(bytes, at);
      else if (this.state === 'record') at = this.inRecord(bytes, at, found);
      else at = this.between(bytes, at);
    return found;
  }

  /** Call it after the last part; throws if the body is not complete. */
  end(): Outside {
    const json = withoutMark(Buffer.concat(this.kept));
    const isOpen = this.state !== 'outside' || !this.levels.isClosed || this.isInText;
    if (json.length === 0) throw new BrokenBody('the body is empty', true);
    if (isOpen) throw new BrokenBody(`the body ends early, after ${this.records} records`, true);
    const outside = isUtf8(json) ? readOutside(json.toString()) : undefined;
    if (!outside) throw new BrokenBody('the body is not JSON');
    if (this.lists !== 1)
      throw new BrokenBody(
        this.lists === 0
          ? 'the body has no list of records at its path'
          : 'the body has two lists of records',
      );
    return outside;
  }

  /** Reads to the end of the part, or to the list of records, and keeps what it has read. */
  private outside(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length) {
      if (this.isInText) at = this.textOutside(bytes, at);
      else if (this.mark(bytes, at++)) break;
    }
    this.keep(bytes.subarray(from, at));
    return at;
  }

  /** Looks at one byte outside of texts; true if it opens the list of records. */
  private mark(bytes: Buffer, at: number): boolean {
    const byte = bytes[at];
    const { levels } = this;
    if (byte === quote) this.isInText = true;
    else if (byte === comma) levels.comma();
    else if (byte === openBrace) levels.open(false);
    else if (byte === closeBrace || byte === closeBracket) levels.close();
    else if (byte === openBracket) {
      const isList = levels.isAtPath;
      levels.open(true);
      if (isList) {
        this.lists++;
        this.state = 'first';
      }
      return isList;
    }
    return false;
  }

  private textOutside(bytes: Buffer, from: number): number {
    const at = this.endOfText(bytes, from);
    if (!this.levels.isKeyNext) return at;
    this.key.push(Buffer.from(bytes.subarray(from, at)));
    if (!this.isInText) {
      this.levels.named(decoded(Buffer.concat(this.key)));
      this.key = [];
    }
    return at;
  }

  /** The position after the closing quote, or the end of the part. */
  private endOfText(bytes: Buffer, from: number): number {
    const end = this.textEnd.after(bytes, from);
    if (end === undefined) return bytes.length;
    this.isInText = false;
    return end;
  }

  private keep(piece: Buffer): void {
    this.keptBytes += piece.length;
    if (this.keptBytes > mostOutside)
      throw new BrokenBody(`the body has more than ${mostOutside} bytes outside of its records`);
    this.kept.push(Buffer.from(piece));
  }

  /** Reads blanks, commas and the end of the list. */
  private between(bytes: Buffer, from: number): number {
    let at = from;
    while (at < bytes.length && blank[bytes[at] ?? 0] === 1) at++;
    if (at === bytes.length) return at;
    const byte = bytes[at];
    if (byte === closeBracket && this.state !== 'comma') {
      this.state = 'outside';
      return at;
    }
    if (this.state === 'after') {
      if (byte !== comma) throw this.invalid();
      this.state = 'comma';
      return at + 1;
    }
    if (byte === comma || byte === closeBracket) throw this.invalid();
    this.records++;
    this.state = 'record';
    this.record.begin();
    return at;
  }

  private inRecord(bytes: Buffer, from: number, found: string[]): number {
    const at = this.record.read(bytes, from);
    if (this.record.isTooLong)
      throw new BrokenBody(`record ${this.records} has more than ${this.record.mostBytes} bytes`);
    if (!this.record.isComplete) return at;
    const text = this.record.text();
    if (text === undefined) throw this.invalid();
    found.push(text);
    this.state = 'after';
    return at;
  }

  private invalid(): BrokenBody {
    return new BrokenBody(`record ${this.records} of the body, or what follows it, is not JSON`);
  }
}

const withoutMark = (bytes: Buffer): Buffer =>
  bytes.subarray(0, byteOrderMark.length).equals(byteOrderMark)
    ? bytes.subarray(byteOrderMark.length)
    : bytes;

/** A key from its bytes with the closing quote; one that is not JSON is at no path. */
const decoded = (bytes: Buffer): string => {
  try {
    return String(JSON.parse(`"${bytes.toString()}`));
  } catch {
    return '';
  }
};
