import { isUtf8 } from 'node:buffer';
import { isJson } from './is-json.ts';
import { TextEnd } from './text-end.ts';

const [quote, comma] = [0x22, 0x2c];
const space = 0x20;
const oneSpace = Buffer.of(space);

/** What a byte of JSON outside of texts is: part of a number or a word (0), or one of these. */
const [isBlank, opens, closes, separates, quotes] = [1, 2, 3, 4, 5];
const kinds = new Uint8Array(256);
for (const byte of [space, 0x09, 0x0a, 0x0d]) kinds[byte] = isBlank;
for (const byte of [0x5b, 0x7b]) kinds[byte] = opens;
for (const byte of [0x5d, 0x7d]) kinds[byte] = closes;
for (const byte of [comma, 0x3a]) kinds[byte] = separates;
kinds[quote] = quotes;

/** One record that comes in parts: its bytes without the blanks outside of its texts. */
export class RecordText {
  isComplete = false;
  isTooLong = false;
  private depth = 0;
  private isInText = false;
  private readonly textEnd = new TextEnd();
  /** The last byte that was kept belongs to a number or a word. */
  private isWord = false;
  private isAfterBlank = false;
  private kept = Buffer.alloc(4096);
  private length = 0;

  constructor(readonly mostBytes: number) {}

  begin(): void {
    this.isComplete = false;
    this.isWord = false;
    this.isAfterBlank = false;
    this.length = 0;
  }

  /**
   * Reads to the end of the record or of the part, and returns the position behind it. A number or a word at the top ends
   * before the byte that ends it.
   */
  read(bytes: Buffer, from: number): number {
    let [start, at] = [from, from];
    while (at < bytes.length && !this.isComplete) {
      if (this.isInText) {
        at = this.toQuote(bytes, at);
        this.isComplete = !this.isInText && this.depth === 0;
        continue;
      }
      const byte = bytes[at] ?? 0;
      const kind = kinds[byte] ?? 0;
      if (this.depth === 0 && this.isWord && (kind === isBlank || byte === comma || kind === closes)) {
        this.isComplete = true;
        break;
      }
      if (kind === isBlank) {
        this.keep(bytes, start, at);
        while (at < bytes.length && kinds[bytes[at] ?? 0] === isBlank) at++;
        start = at;
        this.isAfterBlank = true;
        continue;
      }
      // Two words with blanks between them must not become one.
      if (kind === 0 && this.isWord && this.isAfterBlank) this.keep(oneSpace, 0, 1);
      this.isWord = kind === 0;
      this.isAfterBlank = false;
      at++;
      if (kind === quotes) this.isInText = true;
      else if (kind === opens) this.depth++;
      else if (kind === closes) {
        this.depth--;
        this.isComplete = this.depth <= 0;
      } else if (kind === separates && this.depth === 0) this.isComplete = true;
    }
    this.keep(bytes, start, at);
    return at;
  }

  /** The text; undefined if it is not JSON. */
  text(): string | undefined {
    this.depth = 0;
    const bytes = this.kept.subarray(0, this.length);
    return isUtf8(bytes) && isJson(bytes) ? bytes.toString() : undefined;
  }

  private toQuote(bytes: Buffer, from: number): number {
    const end = this.textEnd.after(bytes, from);
    if (end === undefined) return bytes.length;
    this.isInText = false;
    return end;
  }

  private keep(bytes: Buffer, start: number, end: number): void {
    const length = this.length + end - start;
    this.isTooLong = length > this.mostBytes;
    if (this.isTooLong) return;
    if (length > this.kept.length) this.grow(length);
    bytes.copy(this.kept, this.length, start, end);
    this.length = length;
  }

  private grow(least: number): void {
    const larger = Buffer.alloc(Math.max(least, Math.min(2 * this.kept.length, this.mostBytes)));
    this.kept.copy(larger, 0, 0, this.length);
    this.kept = larger;
  }
}
