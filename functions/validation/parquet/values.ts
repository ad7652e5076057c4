import { ParquetDamage } from './damage.ts';
import { DeltaReader, readLengths } from './delta.ts';
import type { SchemaElement } from './footer.ts';
import { RunReader } from './levels.ts';

/** A value as it is stored: INT64 is a number if a double can hold it, bytes are valid until the next value. */
export type StoredValue = boolean | number | bigint | Uint8Array;

/** Returns the next value of a page. Throws ParquetDamage after the last one. */
export type NextValue = () => StoredValue;

/** Parquet's numbers of encodings. */
export const encoding = {
  plain: 0,
  plainDictionary: 2,
  runs: 3,
  bitPacked: 4,
  deltas: 5,
  deltaLengths: 6,
  deltaTexts: 7,
  dictionary: 8,
  split: 9,
} as const;

const short = (): ParquetDamage => new ParquetDamage('has a page that holds fewer values than it says');

/** Reads the values of a page, of `element`'s type, from a position on. Throws ParquetDamage. */
export const valuesOf = (
  bytes: Uint8Array,
  at: number,
  kind: number,
  { type, length }: SchemaElement,
): NextValue => {
  const reject = (): never => {
    throw new ParquetDamage(`is written with encoding ${kind}, which is not read for ${type}`);
  };
  switch (kind) {
    case encoding.plain:
      return plainValues(bytes, at, type, length);
    case encoding.runs: {
      if (type !== 'BOOLEAN') return reject();
      const runs = new RunReader(bytes, at + 4, at + 4 + sizeAt(bytes, at), 1);
      return () => runs.next() === 1;
    }
    case encoding.deltas:
      if (type === 'INT32') return numbers(new DeltaReader(bytes, at, 32));
      return type === 'INT64' ? integers(new DeltaReader(bytes, at, 64)) : reject();
    case encoding.deltaLengths:
      return type === 'BYTE_ARRAY' ? bytesByLength(bytes, at) : reject();
    case encoding.deltaTexts:
      return type === 'BYTE_ARRAY' || type === 'FIXED_LEN_BYTE_ARRAY' ? bytesByPrefix(bytes, at) : reject();
    case encoding.split:
      return plainValues(collected(bytes, at, widthOf(type, length) ?? reject()), 0, type, length);
    default:
      return reject();
  }
};

const sizeAt = (bytes: Uint8Array, at: number): number => {
  if (at + 4 > bytes.length) throw short();
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
};

const numbers =
  (deltas: DeltaReader): NextValue =>
  () =>
    Number(deltas.next());

const integers =
  (deltas: DeltaReader): NextValue =>
  () =>
    deltas.next();

const plainValues = (
  bytes: Uint8Array,
  start: number,
  type: SchemaElement['type'],
  length: number,
): NextValue => {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let at = start;
  const next = (size: number): number => {
    if (size > bytes.length - at) throw short();
    at += size;
    return at - size;
  };
  switch (type) {
    case 'BOOLEAN': {
      let bit = start * 8;
      return () => {
        if (bit >= bytes.length * 8) throw short();
        return (((bytes[bit >> 3] ?? 0) >> (bit++ & 7)) & 1) === 1;
      };
    }
    case 'INT32':
      return () => view.getInt32(next(4), true);
    case 'INT64':
      return () => int64(view, next(8));
    case 'FLOAT':
      return () => view.getFloat32(next(4), true);
    case 'DOUBLE':
      return () => view.getFloat64(next(8), true);
    case 'BYTE_ARRAY':
      return () => {
        const size = view.getUint32(next(4), true);
        const begin = next(size);
        return bytes.subarray(begin, begin + size);
      };
    default: {
      const size = type === 'INT96' ? 12 : length;
      return () => {
        const begin = next(size);
        return bytes.subarray(begin, begin + size);
      };
    }
  }
};

/** A bigint only if a double would round: bigints are slow. */
const int64 = (view: DataView, at: number): number | bigint => {
  const high = view.getInt32(at + 4, true);
  return high >= -(2 ** 20) && high < 2 ** 20
    ? high * 2 ** 32 + view.getUint32(at, true)
    : view.getBigInt64(at, true);
};

const bytesByLength = (bytes: Uint8Array, start: number): NextValue => {
  const { lengths, end } = readLengths(bytes, start);
  let [at, one] = [end, 0];
  return () => {
    const length = lengths[one++];
    if (length === undefined || at + length > bytes.length) throw short();
    at += length;
    return bytes.subarray(at - length, at);
  };
};

/** Each value begins as the one before, as far as its first length says. */
const bytesByPrefix = (bytes: Uint8Array, start: number): NextValue => {
  const prefixes = readLengths(bytes, start);
  const suffixes = readLengths(bytes, prefixes.end);
  let [at, one] = [suffixes.end, 0];
  let before: Uint8Array = new Uint8Array();
  return () => {
    const [prefix, suffix] = [prefixes.lengths[one], suffixes.lengths[one++]];
    if (prefix === undefined || suffix === undefined || prefix > before.length) throw short();
    if (at + suffix > bytes.length) throw short();
    const value = new Uint8Array(prefix + suffix);
    value.set(before.subarray(0, prefix));
    value.set(bytes.subarray(at, at + suffix), prefix);
    at += suffix;
    before = value;
    return value;
  };
};

const widthOf = (type: SchemaElement['type'], length: number): number | undefined => {
  if (type === 'INT32' || type === 'FLOAT') return 4;
  if (type === 'INT64' || type === 'DOUBLE') return 8;
  return type === 'FIXED_LEN_BYTE_ARRAY' && length > 0 ? length : undefined;
};

/** First bytes of all values, then second ones, and so on (BYTE_STREAM_SPLIT), made values again. */
const collected = (bytes: Uint8Array, start: number, width: number): Uint8Array => {
  const count = Math.floor((bytes.length - start) / width);
  const values = new Uint8Array(count * width);
  for (let byte = 0; byte < width; byte++)
    for (let one = 0; one < count; one++) values[one * width + byte] = bytes[start + byte * count + one] ?? 0;
  return values;
};
