import { ParquetDamage } from './damage.ts';
import { readBits } from './levels.ts';

const broken = (): ParquetDamage => new ParquetDamage('has a page whose deltas cannot be read');
const largestBlock = 2 ** 20;

/** Reads integers that are written as differences (DELTA_BINARY_PACKED), one by one, wrapped to `bits`. */
export class DeltaReader {
  /** Numbers that the page says it holds. */
  readonly count: number;
  private readonly bytes: Uint8Array;
  private at: number;
  private readonly bits: 32 | 64;
  private readonly perMini: number;
  private readonly minis: number;
  private value: bigint;
  private given = 0;
  private least = 0n;
  private widths: Uint8Array = new Uint8Array();
  private mini = 0;
  private inMini = 0;

  constructor(bytes: Uint8Array, at: number, bits: 32 | 64) {
    this.bytes = bytes;
    this.at = at;
    this.bits = bits;
    const block = Number(this.varint());
    this.minis = Number(this.varint());
    this.count = Number(this.varint());
    this.value = this.zigzag();
    this.perMini = block / this.minis;
    const isRight = block > 0 && block <= largestBlock && this.minis > 0 && this.perMini % 8 === 0;
    if (!isRight) throw broken();
    this.mini = this.minis;
    this.inMini = this.perMini;
  }

  next(): bigint {
    if (this.given >= this.count) throw new ParquetDamage('has a page that holds fewer values than it says');
    if (this.given++ > 0) this.value = BigInt.asIntN(this.bits, this.value + this.delta());
    return this.value;
  }

  /** Position after all of them; only valid after all were read. */
  get end(): number {
    const isInside = this.mini < this.minis && this.inMini > 0;
    return isInside ? this.at + (this.perMini * (this.widths[this.mini] ?? 0)) / 8 : this.at;
  }

  private delta(): bigint {
    if (this.inMini === this.perMini) this.turn();
    const width = this.widths[this.mini] ?? 0;
    const bit = this.at * 8 + this.inMini++ * width;
    if (width > 64 || bit + width > this.bytes.length * 8) throw broken();
    if (width <= 32) return this.least + BigInt(readBits(this.bytes, bit, width));
    const low = BigInt(readBits(this.bytes, bit, 32));
    return this.least + low + (BigInt(readBits(this.bytes, bit + 32, width - 32)) << 32n);
  }

  private turn(): void {
    if (this.mini < this.minis) {
      this.at += (this.perMini * (this.widths[this.mini] ?? 0)) / 8;
      this.mini++;
    }
    this.inMini = 0;
    if (this.mini < this.minis) return;
    this.mini = 0;
    this.least = this.zigzag();
    if (this.at + this.minis > this.bytes.length) throw broken();
    this.widths = this.bytes.subarray(this.at, this.at + this.minis);
    this.at += this.minis;
  }

  private varint(): bigint {
    let value = 0n;
    for (let shift = 0n; shift < 70n; shift += 7n) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw broken();
      value |= BigInt(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    throw broken();
  }

  private zigzag(): bigint {
    const value = this.varint();
    return (value >> 1n) ^ -(value & 1n);
  }
}

/** Most texts of a page whose lengths are written as differences. */
const mostLengths = 2 ** 24;

/** Lengths, which come before all bytes, and the position of the bytes. */
export const readLengths = (bytes: Uint8Array, at: number): { lengths: Int32Array; end: number } => {
  const reader = new DeltaReader(bytes, at, 32);
  if (reader.count > mostLengths) throw new ParquetDamage(`has a page of more than ${mostLengths} texts`);
  const lengths = new Int32Array(reader.count);
  for (let one = 0; one < lengths.length; one++) lengths[one] = Number(reader.next());
  if (lengths.some((length) => length < 0)) throw broken();
  return { lengths, end: reader.end };
};
