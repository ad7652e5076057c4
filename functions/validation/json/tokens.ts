/** Bytes of JSON that are looked at one by one. */
export const jsonByte = {
  none: -1,
  quote: 0x22,
  comma: 0x2c,
  minus: 0x2d,
  colon: 0x3a,
  openBracket: 0x5b,
  backslash: 0x5c,
  closeBracket: 0x5d,
  openBrace: 0x7b,
  closeBrace: 0x7d,
} as const;

const { none, quote, comma, backslash, minus } = jsonByte;
const [lf, cr, point, zero] = [0x0a, 0x0d, 0x2e, 0x30];
const words = ['true', 'false', 'null'].map((word) => Buffer.from(word));

/** 1 for bytes that end the plain part of a string: a quote, a backslash, control characters. */
const special = new Uint8Array(256).fill(1, 0, 0x20);
special[quote] = 1;
special[backslash] = 1;

const escapable = new Set([...'"\\/bfnrt'].map((character) => character.charCodeAt(0)));

/**
 * Reads the tokens of one JSON text (RFC 8259, exactly) from bytes without copying them. A method that returns false has set
 * `problem`; nothing can be read after that.
 */
export class JsonTokens {
  bytes: Buffer = Buffer.alloc(0);
  at = 0;
  end = 0;
  /** Position of the last token; a string without its quotes. */
  start = 0;
  close = 0;
  /** The last string has escapes. */
  hasEscape = false;
  /** Why this is not JSON, such as `a colon is expected`; empty if it is. */
  problem = '';
  /** Position of the problem. */
  problemAt = 0;

  begin(bytes: Buffer, start: number, end: number): void {
    this.bytes = bytes;
    this.at = start;
    this.end = end;
    this.problem = '';
  }

  /** Moves to the next byte that is not blank, and returns it; -1 at the end. */
  next(): number {
    const { bytes, end } = this;
    let { at } = this;
    while (at < end) {
      const byte = bytes[at] ?? none;
      if (byte > 0x20) {
        this.at = at;
        return byte;
      }
      if (byte !== 0x20 && byte !== lf && byte !== 0x09 && byte !== cr) break;
      at++;
    }
    this.at = at;
    return at < end ? (bytes[at] ?? none) : none;
  }

  /** Moves on if the next bytes are these. */
  skips(expected: Uint8Array): boolean {
    const { bytes, at } = this;
    const { length } = expected;
    if (at + length > this.end) return false;
    for (let place = 0; place < length; place++) if (bytes[at + place] !== expected[place]) return false;
    this.at = at + length;
    return true;
  }

  /** After a member or an element: moves past the comma (true) or the closing bracket (false). */
  goesOn(close: number): boolean {
    const byte = this.next();
    this.at++;
    if (byte === comma) return true;
    if (byte !== close) this.fails(`a comma or ${String.fromCharCode(close)} is expected`, this.at - 1);
    return false;
  }

  /** Reads the string whose quote comes next. */
  string(): boolean {
    const { bytes, end } = this;
    let at = this.at + 1;
    this.start = at;
    this.hasEscape = false;
    for (;;) {
      while (at < end && special[bytes[at] ?? 0] === 0) at++;
      if (at >= end) return this.fails('the string has no end', at);
      const byte = bytes[at];
      if (byte === quote) break;
      if (byte !== backslash) return this.fails(controlProblem(byte), at);
      this.hasEscape = true;
      at = this.escape(at);
      if (at === none) return false;
    }
    this.close = at;
    this.at = at + 1;
    return true;
  }

  /** The text of the last string. */
  text(): string {
    return this.hasEscape
      ? String(JSON.parse(this.bytes.toString('utf8', this.start - 1, this.close + 1)))
      : this.bytes.toString('utf8', this.start, this.close);
  }

  /** Reads the number whose first byte comes next, which is a minus or a digit. */
  number(): boolean {
    const { bytes } = this;
    this.start = this.at;
    this.hasEscape = false;
    let at = bytes[this.at] === minus ? this.at + 1 : this.at;
    const whole = at;
    at = this.digits(at);
    if (at === whole) return this.fails('a digit is expected', at);
    if (bytes[whole] === zero && at > whole + 1) return this.fails('a number begins with 0', whole);
    if (at < this.end && bytes[at] === point) {
      const fraction = at + 1;
      at = this.digits(fraction);
      if (at === fraction) return this.fails('a digit is expected', at);
    }
    if (at < this.end && ((bytes[at] ?? 0) | 0x20) === 0x65) {
      const sign = bytes[at + 1] === 0x2b || bytes[at + 1] === minus ? 2 : 1;
      const exponent = at + sign;
      at = this.digits(exponent);
      if (at <= exponent) return this.fails('a digit is expected', exponent);
    }
    this.close = at;
    this.at = at;
    return true;
  }

  /** Reads true, false or null. */
  word(): boolean {
    this.start = this.at;
    this.hasEscape = false;
    if (!words.some((word) => this.skips(word))) return this.fails('a value is expected');
    this.close = this.at;
    return true;
  }

  fails(problem: string, at = this.at): false {
    this.problem = problem;
    this.problemAt = Math.min(at, this.end);
    return false;
  }

  private digits(from: number): number {
    const { bytes, end } = this;
    let at = from;
    while (at < end) {
      const byte = bytes[at] ?? 0;
      if (byte < 0x30 || byte > 0x39) break;
      at++;
    }
    return at;
  }

  /** Returns the end of the escape, -1 if it is not one. */
  private escape(at: number): number {
    const kind = this.bytes[at + 1] ?? 0;
    if (at + 1 < this.end && escapable.has(kind)) return at + 2;
    const unit = kind === 0x75 ? this.hex(at + 2) : none;
    if (unit === none) return this.noEscape('a backslash begins no escape', at);
    if (unit === 0) return this.noEscape('\\u0000 is a NUL, which no text may hold', at);
    if ((unit & 0xf800) !== 0xd800) return at + 6;
    const isPair = unit < 0xdc00 && this.bytes[at + 6] === backslash && this.bytes[at + 7] === 0x75;
    const other = isPair ? this.hex(at + 8) : none;
    return (other & 0xfc00) === 0xdc00 && other !== none
      ? at + 12
      : this.noEscape('an escape is half of a character', at);
  }

  private noEscape(problem: string, at: number): number {
    this.fails(problem, at);
    return none;
  }

  private hex(from: number): number {
    if (from + 4 > this.end) return none;
    const digits = this.bytes.toString('latin1', from, from + 4);
    return /^[0-9a-fA-F]{4}$/.test(digits) ? Number.parseInt(digits, 16) : none;
  }
}

const controlProblem = (byte: number | undefined): string => {
  if (byte === 0) return 'the string holds a NUL byte';
  return byte === lf || byte === cr
    ? 'the string holds a line break'
    : 'the string holds a control character';
};
