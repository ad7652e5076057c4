import { type CsvRecord, isLineBreak } from './record.ts';

const [lf, cr] = [0x0a, 0x0d];
const [incomplete, plain, special] = [-1, 0, 1];

/** Finds records in bytes by RFC 4180; the delimiter and the quote are one ASCII byte each. */
export class CsvScanner {
  private readonly delimiter: number;
  private readonly quote: number;
  /** Bytes at which an unquoted field stops to be looked at closely. */
  private readonly specials = new Uint8Array(256).fill(plain);

  constructor(delimiter: string, quote: string) {
    this.delimiter = delimiter.charCodeAt(0);
    this.quote = quote.charCodeAt(0);
    for (const byte of [this.delimiter, this.quote, lf, cr]) this.specials[byte] = special;
  }

  /**
   * Reads the record at `from` into `record`. False if it continues after `to`, unless `isLast` says that nothing follows; then
   * it must be read again from its start. There is at least one byte.
   */
  scan(bytes: Buffer, from: number, to: number, isLast: boolean, record: CsvRecord): boolean {
    record.reset(bytes, from);
    let at = from;
    for (;;) {
      at =
        bytes[at] === this.quote && at < to
          ? this.quoted(at, to, isLast, record)
          : this.unquoted(at, at, to, isLast, record);
      if (at === incomplete) return false;
      if (at < to && bytes[at] === this.delimiter) {
        at++;
        continue;
      }
      record.end = at;
      record.next = this.lineEnd(bytes, at, to, record);
      return true;
    }
  }

  /** Reads the field that starts at `start`, continuing at `from`, and returns its end. */
  private unquoted(start: number, from: number, to: number, isLast: boolean, record: CsvRecord): number {
    const { bytes } = record;
    const { specials } = this;
    let hasQuote = from > start;
    let at = from;
    for (;;) {
      while (at < to && specials[bytes[at] ?? 0] === plain) at++;
      if (at === to && !isLast) return incomplete;
      const byte = bytes[at];
      if (at === to || byte === this.delimiter || byte === lf) break;
      if (byte === cr) {
        if (at + 1 < to && bytes[at + 1] === lf) break;
        record.addViolation('lone_cr');
      } else if (!hasQuote) {
        hasQuote = true;
        record.addViolation('quote_inside');
      }
      at++;
    }
    record.add(start, at, false);
    return at;
  }

  /** Reads the field whose opening quote is at `open`, and returns its end. */
  private quoted(open: number, to: number, isLast: boolean, record: CsvRecord): number {
    const { bytes } = record;
    let isDoubled = false;
    let at = open + 1;
    for (;;) {
      while (at < to && bytes[at] !== this.quote) if (isLineBreak(bytes[at++])) record.isMultiline = true;
      if (at + 1 >= to && !isLast) return incomplete;
      if (at === to) return this.neverClosed(open, to, isDoubled, record);
      if (at + 1 === to || bytes[at + 1] !== this.quote) break;
      isDoubled = true;
      at += 2;
    }
    const after = at + 1;
    if (after < to && bytes[after] !== this.delimiter && bytes[after] !== lf) {
      if (bytes[after] !== cr) return this.textAfterQuote(open, after, to, isLast, record);
      if (after + 1 === to || bytes[after + 1] !== lf) return this.unquoted(open, after, to, isLast, record);
    }
    record.add(open + 1, at, isDoubled);
    return after;
  }

  private neverClosed(open: number, to: number, isDoubled: boolean, record: CsvRecord): number {
    record.addViolation('open_quote');
    record.add(open + 1, to, isDoubled);
    return to;
  }

  private textAfterQuote(
    open: number,
    after: number,
    to: number,
    isLast: boolean,
    record: CsvRecord,
  ): number {
    record.addViolation('text_after_quote');
    return this.unquoted(open, after, to, isLast, record);
  }

  private lineEnd(bytes: Buffer, at: number, to: number, record: CsvRecord): number {
    if (at === to) return at;
    record.lineEnd = bytes[at] === cr ? 'crlf' : 'lf';
    return at + (bytes[at] === cr ? 2 : 1);
  }
}
