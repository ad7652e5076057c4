import type { Cut, JsonCutter } from './cutter.ts';
import { jsonByte } from './tokens.ts';

const { quote, comma, backslash, openBracket, closeBracket, openBrace, closeBrace } = jsonByte;
const lf = 0x0a;

/** 1 for blanks. */
const blank = new Uint8Array(256);
for (const byte of [0x20, 0x09, lf, 0x0d]) blank[byte] = 1;

/** The position in the array: before it, before its first element, after a comma, after an element, after the array. */
type State = 'outside' | 'begun' | 'comma' | 'element' | 'closed';

const asked: Readonly<Record<State, string>> = {
  outside: 'the file is no JSON array, it does not begin with [',
  begun: 'an element or ] is expected',
  comma: 'an element is expected after a comma',
  element: 'a comma or ] is expected after an element',
  closed: 'something follows the array',
};

/**
 * Splits a JSON array into elements. It only counts brackets: the validator decides whether an element is JSON, and if it is
 * not, nothing after it can be trusted.
 */
export class ArrayCutter implements JsonCutter {
  start = 0;
  end = 0;
  next = 0;
  breaksBefore = 0;
  breaksInside = 0;
  problem = '';
  private state: State = 'outside';

  cut(bytes: Buffer, from: number, to: number, isLast: boolean): Cut {
    this.breaksBefore = 0;
    this.breaksInside = 0;
    let at = from;
    for (;;) {
      at = this.blanks(bytes, at, to);
      this.next = at;
      if (at === to) return isLast ? this.over() : 'part';
      const byte = bytes[at] ?? 0;
      if (this.isElement(byte)) return this.element(bytes, at, to);
      const state = this.after(byte);
      if (!state) return this.breaks(asked[this.state]);
      this.state = state;
      at++;
    }
  }

  private isElement(byte: number): boolean {
    if (this.state !== 'begun' && this.state !== 'comma') return false;
    return byte !== comma && byte !== closeBracket;
  }

  private after(byte: number): State | undefined {
    if (this.state === 'outside') return byte === openBracket ? 'begun' : undefined;
    if (byte === comma) return this.state === 'element' ? 'comma' : undefined;
    if (byte !== closeBracket) return undefined;
    return this.state === 'begun' || this.state === 'element' ? 'closed' : undefined;
  }

  private over(): Cut {
    return this.state === 'closed' ? 'end' : this.breaks('the array is not closed');
  }

  private breaks(problem: string): Cut {
    this.problem = problem;
    return 'broken';
  }

  private blanks(bytes: Buffer, from: number, to: number): number {
    let at = from;
    while (at < to && blank[bytes[at] ?? 0] === 1) if (bytes[at++] === lf) this.breaksBefore++;
    return at;
  }

  private element(bytes: Buffer, from: number, to: number): Cut {
    const end = this.endOf(bytes, from, to);
    if (end > to || (end === to && isScalar(bytes[from]))) {
      this.breaksInside = 0;
      return 'part';
    }
    this.start = from;
    this.end = end;
    this.next = end;
    this.state = 'element';
    return 'record';
  }

  /** The position after the element that begins at `from`; more than `to` if it continues there. */
  private endOf(bytes: Buffer, from: number, to: number): number {
    if (isScalar(bytes[from])) return endOfScalar(bytes, from, to);
    let depth = 0;
    for (let at = from; at < to; at++) {
      const byte = bytes[at];
      if (byte === quote) at = endOfString(bytes, at, to);
      else if (byte === lf) this.breaksInside++;
      else if (byte === openBrace || byte === openBracket) depth++;
      else if ((byte === closeBrace || byte === closeBracket) && --depth === 0) return at + 1;
    }
    return to + 1;
  }
}

const isScalar = (byte: number | undefined): boolean => byte !== openBrace && byte !== openBracket;

/** No record is one: all that matters is that it ends. */
const endOfScalar = (bytes: Buffer, from: number, to: number): number => {
  let at = from;
  while (at < to && bytes[at] !== comma && bytes[at] !== closeBracket && blank[bytes[at] ?? 0] === 0) {
    at = bytes[at] === quote ? endOfString(bytes, at, to) + 1 : at + 1;
  }
  return at;
};

/** The closing quote of the string that begins at `from`; `to` if it continues there. */
const endOfString = (bytes: Buffer, from: number, to: number): number => {
  let at = from + 1;
  while (at < to && bytes[at] !== quote) at += bytes[at] === backslash ? 2 : 1;
  return Math.min(at, to);
};
