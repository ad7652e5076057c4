import type { FieldType } from '../fields/field.ts';
import { utcText } from '../fields/zoned.ts';

/** Writes a valid value so that equal values become equal bytes; returns their end in `into`, which has enough room. */
type Canonical = (bytes: Uint8Array, start: number, end: number, into: Buffer, at: number) => number;

const [zero, minus, point, letterZ] = [0x30, 0x2d, 0x2e, 0x5a];
const lowerCase = 0x20;
const longestFixed = 8;
const wordBytes = 4;

/** The canonical bytes of one key after another: its values, each followed by its length, so that different keys differ. */
export class KeyText {
  /** Bytes of the key so far. */
  length = 0;
  private buffer = roomFor(2 ** 10);
  private part = 0;
  private readonly types: readonly Canonical[];

  constructor(types: readonly FieldType[]) {
    this.types = types.map(canonical);
  }

  /** As words, zero from the key's end to the end of the last one. */
  get words(): Uint32Array {
    this.buffer.bytes.fill(0, this.length, this.length + wordBytes);
    return this.buffer.words;
  }

  /** Begins the next key. */
  clear(): void {
    this.length = 0;
    this.part = 0;
  }

  /** Adds the next value, which is valid for its type. */
  add(bytes: Uint8Array, start: number, end: number): void {
    const write = this.types[this.part++] ?? copied;
    this.reserve(end - start);
    const to = write(bytes, start, end, this.buffer.bytes, this.length);
    this.length = this.buffer.bytes.writeUInt32LE(to - this.length, to);
  }

  private reserve(bytes: number): void {
    const needed = this.length + Math.max(bytes, longestFixed) + 2 * wordBytes;
    if (needed <= this.buffer.bytes.length) return;
    const larger = roomFor(2 * needed);
    larger.bytes.set(this.buffer.bytes.subarray(0, this.length));
    this.buffer = larger;
  }
}

const roomFor = (bytes: number): { readonly bytes: Buffer; readonly words: Uint32Array } => {
  const words = new Uint32Array(Math.ceil(bytes / wordBytes));
  return { bytes: Buffer.from(words.buffer), words };
};

const copied: Canonical = (bytes, start, end, into, at) => {
  let to = at;
  for (let from = start; from < end; from++) into[to++] = bytes[from] ?? 0;
  return to;
};

/** Minus zero is zero. */
const integer: Canonical = (bytes, start, end, into, at) => {
  const isMinusZero = bytes[start] === minus && end === start + 2 && bytes[start + 1] === zero;
  return copied(bytes, isMinusZero ? start + 1 : start, end, into, at);
};

/** 1.50 is 1.5, 1.0 is 1. */
const decimal: Canonical = (bytes, start, end, into, at) =>
  integer(bytes, start, endOfFraction(bytes, start, end), into, at);

/** A fraction may be absent, and its zeros; the rest of a format is the same for all. */
const timestamp: Canonical = (bytes, start, end, into, at) => {
  const isUtc = bytes[end - 1] === letterZ;
  return copied(bytes, start, endOfFraction(bytes, start, isUtc ? end - 1 : end), into, at);
};

/** Equal moments are equal, whatever their offsets; never longer than the value. */
const zoned: Canonical = (bytes, start, end, into, at) => {
  const value = Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1');
  return at + into.write(utcText(value), at, 'latin1');
};

const endOfFraction = (bytes: Uint8Array, start: number, end: number): number => {
  const found = bytes.subarray(start, end).indexOf(point);
  if (found < 0) return end;
  const at = start + found;
  let last = end;
  while (bytes[last - 1] === zero) last--;
  return last === at + 1 ? at : last;
};

const float: Canonical = (bytes, start, end, into, at) => {
  const value = Number(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'));
  return into.writeDoubleLE(value === 0 ? 0 : value, at);
};

const bool: Canonical = (bytes, start, _end, into, at) =>
  into.writeUInt8((bytes[start] ?? 0) | lowerCase, at);

const canonical = (type: FieldType): Canonical => {
  switch (type.kind) {
    case 'int':
      return integer;
    case 'decimal':
      return decimal;
    case 'float':
      return float;
    case 'bool':
      return bool;
    case 'timestamp':
      return timestamp;
    case 'timestamptz':
      return zoned;
    case 'string':
    case 'date':
      return copied;
  }
};
