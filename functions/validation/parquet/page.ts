import { crc32 } from 'node:zlib';
import type { ByteWindow } from './bytes.ts';
import { uncompress } from './codecs.ts';
import { ParquetDamage } from './damage.ts';
import { bitsFor, RunReader } from './levels.ts';
import type { ParquetLeaf } from './schema.ts';
import { ThriftEnds, ThriftReader, type ThriftStruct, thriftNumber, thriftStruct } from './thrift.ts';
import { encoding, type NextValue, valuesOf } from './values.ts';

/** Pages of a column, one after the other. */

/** Most bytes of one page, uncompressed. */
export const mostPageBytes = 128 * 2 ** 20;
/** Most values of one page of a column in a list. */
export const mostListedValues = 2 ** 24;
const [likelyHeader, longestHeader] = [2 ** 10, 2 ** 24];

/** Values of one page with their levels; a column without levels has none. */
export type DataPage = {
  readonly kind: 'data';
  readonly count: number;
  /** Uncompressed bytes, or a placeholder while they are read. */
  readonly bytes: number;
  readonly levels: RunReader | undefined;
  /** Of a column in a list: how far each value repeats the one before. */
  readonly repeats: Uint8Array | undefined;
  readonly isIndexed: boolean;
  readonly next: NextValue;
};

export type DictionaryPage = {
  readonly kind: 'dictionary';
  readonly count: number;
  readonly bytes: number;
  readonly next: NextValue;
};

/** Reads the next page of a column; undefined if it has no values. Throws ParquetDamage. */
export const readPage = async (
  window: ByteWindow,
  codec: number,
  leaf: ParquetLeaf,
): Promise<DataPage | DictionaryPage | undefined> => {
  const header = await readHeader(window);
  const [plain, packed] = [size(header, 2), size(header, 3)];
  if (Math.max(plain, packed) > mostPageBytes)
    throw new ParquetDamage(`has a page of more than ${mostPageBytes / 2 ** 20} MiB; write smaller pages`);
  const bytes = (await window.ahead(packed)).subarray(0, packed);
  if (bytes.length < packed) throw new ParquetDamage('has a page that is cut off');
  window.use(packed);
  const sum = thriftNumber(header, 4);
  if (sum !== undefined && sum >>> 0 !== crc32(bytes))
    throw new ParquetDamage('has a page whose checksum is wrong');
  const [first, second] = [thriftStruct(header, 5), thriftStruct(header, 8)];
  const dictionary = thriftStruct(header, 7);
  if (dictionary) {
    const values = uncompress(codec, bytes, plain);
    const next = valuesOf(values, 0, encoding.plain, leaf.element);
    return { kind: 'dictionary', count: size(dictionary, 1), bytes: values.length, next };
  }
  if (first) return firstPage(first, uncompress(codec, bytes, plain), leaf);
  return second && secondPage(second, bytes, plain, codec, leaf);
};

const size = (struct: ThriftStruct, id: number): number => {
  const value = thriftNumber(struct, id);
  if (value !== undefined && value >= 0 && value < 2 ** 31) return value;
  throw new ParquetDamage('has a page that does not say how large it is');
};

const readHeader = async (window: ByteWindow): Promise<ThriftStruct> => {
  for (let length = likelyHeader; ; length *= 4) {
    const bytes = await window.ahead(length);
    try {
      const reader = new ThriftReader(bytes);
      const header = reader.struct();
      window.use(reader.at);
      return header;
    } catch (cause) {
      if (!(cause instanceof ThriftEnds) || bytes.length < length || length > longestHeader)
        throw cause instanceof ThriftEnds ? new ParquetDamage('has fewer values than it says') : cause;
    }
  }
};

/** Levels and values of the first kind of page are compressed together, and levels say their own length. */
const firstPage = (said: ThriftStruct, bytes: Uint8Array, leaf: ParquetLeaf): DataPage => {
  const count = size(said, 1);
  let at = 0;
  const levels = (most: number, kind: number | undefined): RunReader | undefined => {
    if (most === 0) return undefined;
    if (kind !== encoding.runs)
      throw new ParquetDamage(`has levels with encoding ${kind}, which is not read`);
    if (at + 4 > bytes.length) throw new ParquetDamage('has a page that is cut off');
    const length = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength).getUint32(at, true);
    const start = at + 4;
    at = start + length;
    return new RunReader(bytes, start, at, bitsFor(most));
  };
  const repeats = levels(leaf.repeat, thriftNumber(said, 4));
  return dataPage(leaf, count, repeats, levels(leaf.level, thriftNumber(said, 3)), bytes, at, size(said, 2));
};

/** In the second kind of page levels come before the compressed part. */
const secondPage = (
  said: ThriftStruct,
  bytes: Uint8Array,
  plain: number,
  codec: number,
  leaf: ParquetLeaf,
): DataPage => {
  const [atLevels, atValues] = [size(said, 6), size(said, 6) + size(said, 5)];
  if (atValues > bytes.length || atValues > plain) throw new ParquetDamage('has a page that is cut off');
  const levels = (most: number, start: number, end: number): RunReader | undefined =>
    most === 0 ? undefined : new RunReader(bytes, start, end, bitsFor(most));
  const packed = bytes.subarray(atValues);
  const values = said.get(7) === false ? packed : uncompress(codec, packed, plain - atValues);
  const repeats = levels(leaf.repeat, 0, atLevels);
  return dataPage(
    leaf,
    size(said, 1),
    repeats,
    levels(leaf.level, atLevels, atValues),
    values,
    0,
    size(said, 4),
  );
};

const dataPage = (
  leaf: ParquetLeaf,
  count: number,
  repeats: RunReader | undefined,
  levels: RunReader | undefined,
  bytes: Uint8Array,
  at: number,
  kind: number,
): DataPage => {
  const isIndexed = kind === encoding.dictionary || kind === encoding.plainDictionary;
  const page = { kind: 'data', count, bytes: bytes.length, levels, isIndexed } as const;
  const next = isIndexed ? indices(bytes, at) : lazily(() => valuesOf(bytes, at, kind, leaf.element));
  if (!repeats) return { ...page, repeats: undefined, next };
  if (count > mostListedValues)
    throw new ParquetDamage(
      `has a page of more than ${mostListedValues} values in lists; write smaller pages`,
    );
  return { ...page, repeats: Uint8Array.from({ length: count }, () => repeats.next()), next };
};

/** A page with only nulls may have no byte for its values. */
const lazily = (open: () => NextValue): NextValue => {
  let next: NextValue | undefined;
  return () => {
    next ??= open();
    return next();
  };
};

const indices = (bytes: Uint8Array, at: number): NextValue =>
  lazily(() => {
    const runs = new RunReader(bytes, at + 1, bytes.length, bytes[at] ?? 33);
    return () => runs.next();
  });
