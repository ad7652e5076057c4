/** Violations of RFC 4180 inside a record. */
export type CsvViolation = {
  readonly kind: 'quote_inside' | 'text_after_quote' | 'open_quote' | 'lone_cr';
  /** Position of the field among those of its record, from 0. */
  readonly field: number;
};

const [lf, cr, doubledQuote] = [0x0a, 0x0d, 1];

/**
 * One record in the reader's window: fields are byte ranges, decoded only on demand. The reader reuses the same object, so
 * nothing of it may be kept.
 */
export class CsvRecord {
  bytes: Buffer = Buffer.alloc(0);
  /** Physical line on which it starts, from 1. */
  line = 1;
  start = 0;
  /** End of the last field; the line end is not part of it. */
  end = 0;
  /** Start of what follows. */
  next = 0;
  /** Number of fields. */
  count = 0;
  /** Without the quotes around a field. */
  starts = new Int32Array(64);
  ends = new Int32Array(64);
  /** 1 if a doubled quote stands for one. */
  doubled = new Uint8Array(64);
  violations: CsvViolation[] = [];
  lineEnd: 'lf' | 'crlf' | 'none' = 'none';
  /** A quoted field contains a line break. */
  isMultiline = false;
  /** Contains a NUL, or bytes that may not be UTF-8. */
  isSuspect = false;
  quote = '"';

  reset(bytes: Buffer, start: number): void {
    this.bytes = bytes;
    this.start = start;
    this.count = 0;
    this.lineEnd = 'none';
    this.isMultiline = false;
    this.isSuspect = false;
    if (this.violations.length > 0) this.violations = [];
  }

  add(start: number, end: number, isDoubled: boolean): void {
    if (this.count === this.starts.length) this.grow();
    this.starts[this.count] = start;
    this.ends[this.count] = end;
    this.doubled[this.count] = isDoubled ? doubledQuote : 0;
    this.count++;
  }

  addViolation(kind: CsvViolation['kind']): void {
    this.violations.push({ kind, field: this.count });
  }

  startOf(field: number): number {
    return this.starts[field] ?? this.end;
  }

  endOf(field: number): number {
    return this.ends[field] ?? this.end;
  }

  isDoubled(field: number): boolean {
    return this.doubled[field] === doubledQuote;
  }

  /** A field's text; with `most`, at least that many of its first bytes. */
  text(field: number, most = Infinity): string {
    const start = this.startOf(field);
    const text = this.bytes.toString('utf8', start, Math.min(this.endOf(field), start + most));
    return this.isDoubled(field) ? text.replaceAll(this.quote + this.quote, this.quote) : text;
  }

  /** Its line is empty, without even a pair of quotes. */
  get isBlank(): boolean {
    return this.start === this.end;
  }

  /** Physical line on which a field starts. */
  lineOf(field: number): number {
    return this.isMultiline ? this.line + this.breaks(this.startOf(field)) : this.line;
  }

  /** Line breaks between its start and a position. */
  breaks(to: number): number {
    let breaks = 0;
    for (let at = this.start; at < to; at++) if (this.bytes[at] === lf) breaks++;
    return breaks;
  }

  private grow(): void {
    const size = this.starts.length * 2;
    const [starts, ends, doubled] = [new Int32Array(size), new Int32Array(size), new Uint8Array(size)];
    starts.set(this.starts);
    ends.set(this.ends);
    doubled.set(this.doubled);
    this.starts = starts;
    this.ends = ends;
    this.doubled = doubled;
  }
}

/** A byte that ends a line, or begins to. */
export const isLineBreak = (byte: number | undefined): boolean => byte === lf || byte === cr;
