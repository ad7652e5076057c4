import { ParquetDamage } from './damage.ts';

/** A value of Thrift's compact protocol; integers beyond 2^53 are rounded, since nothing that is read here is as large. */
export type ThriftValue = number | boolean | Uint8Array | readonly ThriftValue[] | ThriftStruct;
export type ThriftStruct = ReadonlyMap<number, ThriftValue>;

/** There are fewer bytes than the struct needs. */
export class ThriftEnds extends ParquetDamage {}

const deepest = 16;
const type = {
  stop: 0,
  true: 1,
  false: 2,
  byte: 3,
  i64: 6,
  double: 7,
  binary: 8,
  list: 9,
  set: 10,
  struct: 12,
};

/** Reads structs of Thrift's compact protocol from bytes; throws ParquetDamage, or ThriftEnds if bytes are missing. */
export class ThriftReader {
  private readonly bytes: Uint8Array;
  at: number;

  constructor(bytes: Uint8Array, at = 0) {
    this.bytes = bytes;
    this.at = at;
  }

  struct(depth = 0): ThriftStruct {
    if (depth > deepest) throw new ParquetDamage('has metadata that nest too deep');
    const fields = new Map<number, ThriftValue>();
    for (let id = 0; ; ) {
      const head = this.byte();
      const kind = head & 0x0f;
      if (kind === type.stop) return fields;
      id = head >> 4 === 0 ? this.integer() : id + (head >> 4);
      fields.set(id, this.value(kind, depth));
    }
  }

  private value(kind: number, depth: number): ThriftValue {
    if (kind === type.true || kind === type.false) return kind === type.true;
    if (kind === type.byte) return (this.byte() << 24) >> 24;
    if (kind > type.byte && kind <= type.i64) return this.integer();
    if (kind === type.double) return this.take(8);
    if (kind === type.binary) return this.take(this.varint());
    if (kind === type.list || kind === type.set) return this.list(depth);
    if (kind === type.struct) return this.struct(depth + 1);
    throw new ParquetDamage('has metadata of a kind that Parquet has not');
  }

  private list(depth: number): readonly ThriftValue[] {
    const head = this.byte();
    const count = head >> 4 === 15 ? this.varint() : head >> 4;
    const kind = head & 0x0f;
    if (count > this.bytes.length - this.at) throw new ThriftEnds('has metadata that are cut off');
    return Array.from({ length: count }, () =>
      kind <= type.false ? this.byte() === type.true : this.value(kind, depth + 1),
    );
  }

  private take(length: number): Uint8Array {
    if (length > this.bytes.length - this.at) throw new ThriftEnds('has metadata that are cut off');
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }

  private byte(): number {
    const byte = this.bytes[this.at++];
    if (byte === undefined) throw new ThriftEnds('has metadata that are cut off');
    return byte;
  }

  private varint(): number {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      if (scale > 2 ** 63) throw new ParquetDamage('has a number in its metadata that has no end');
    }
  }

  private integer(): number {
    const zigzag = this.varint();
    return zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  }
}

/** An integer of a struct; undefined if there is none. */
export const thriftNumber = (struct: ThriftStruct | undefined, id: number): number | undefined => {
  const value = struct?.get(id);
  return typeof value === 'number' ? value : undefined;
};

/** A struct within a struct; undefined if there is none. */
export const thriftStruct = (struct: ThriftStruct | undefined, id: number): ThriftStruct | undefined => {
  const value = struct?.get(id);
  return value instanceof Map ? value : undefined;
};

/** The structs of a list; none if there is no list. */
export const thriftStructs = (struct: ThriftStruct | undefined, id: number): readonly ThriftStruct[] => {
  const value = struct?.get(id);
  return Array.isArray(value) ? value.filter((one): one is ThriftStruct => one instanceof Map) : [];
};

/** A text of a struct; undefined if there is none, or it is not UTF-8. */
export const thriftText = (value: ThriftValue | undefined): string | undefined => {
  if (!(value instanceof Uint8Array)) return undefined;
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(value);
  } catch {
    return undefined;
  }
};
