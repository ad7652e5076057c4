import { ParquetDamage } from './damage.ts';

const ends = (): ParquetDamage => new ParquetDamage('has a page that holds fewer values than it says');

/** Reads numbers of `width` bits one by one from runs, repeated or packed (Parquet's RLE hybrid). */
export class RunReader {
  private left = 0;
  private repeated = -1;
  /** Of the next packed number, in bits. */
  private bit = 0;
  private readonly bytes: Uint8Array;
  private at: number;
  private readonly end: number;
  private readonly width: number;

  constructor(bytes: Uint8Array, at: number, end: number, width: number) {
    if (width > 32 || end > bytes.length || at > end) throw ends();
    this.bytes = bytes;
    this.at = at;
    this.end = end;
    this.width = width;
  }

  next(): number {
    while (this.left === 0) this.begin();
    this.left--;
    if (this.repeated >= 0) return this.repeated;
    const value = readBits(this.bytes, this.bit, this.width);
    this.bit += this.width;
    return value;
  }

  private begin(): void {
    const head = this.varint();
    const isPacked = head % 2 === 1;
    const count = Math.floor(head / 2);
    const bytes = isPacked ? count * this.width : Math.ceil(this.width / 8);
    if (isPacked) {
      // The last run may be incomplete if no value is left.
      const there = Math.min(bytes, this.end - this.at);
      this.left = this.width === 0 ? count * 8 : Math.floor((there * 8) / this.width);
      this.bit = this.at * 8;
      this.repeated = this.width === 0 ? 0 : -1;
      if (this.left === 0 && count > 0) throw ends();
      this.at += there;
      return;
    }
    if (this.at + bytes > this.end) throw ends();
    this.left = count;
    this.repeated = 0;
    for (let byte = 0; byte < bytes; byte++)
      this.repeated += (this.bytes[this.at + byte] ?? 0) * 2 ** (8 * byte);
    this.at += bytes;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; scale <= 2 ** 35; scale *= 128) {
      if (this.at >= this.end) throw ends();
      const byte = this.bytes[this.at++] ?? 0;
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
    }
    throw ends();
  }
}

/** A number of at most 32 bits that begins at a bit, lowest bits first. */
export const readBits = (bytes: Uint8Array, bit: number, width: number): number => {
  const at = Math.floor(bit / 8);
  const shift = bit % 8;
  const low =
    (bytes[at] ?? 0) |
    ((bytes[at + 1] ?? 0) << 8) |
    ((bytes[at + 2] ?? 0) << 16) |
    ((bytes[at + 3] ?? 0) << 24);
  if (shift + width <= 32) return width === 32 ? low >>> 0 : (low >>> shift) & ((1 << width) - 1);
  const high = (bytes[at + 4] ?? 0) & ((1 << (shift + width - 32)) - 1);
  return (low >>> shift) + high * 2 ** (32 - shift);
};

/** Bits that numbers up to `most` need. */
export const bitsFor = (most: number): number => 32 - Math.clz32(most);
