import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as uncompressZstd } from 'fzstd';
import { ParquetDamage } from './damage.ts';
import { uncompressLz4Block, uncompressLz4Frames } from './lz4.ts';
import { uncompressSnappy } from './snappy.ts';

type Uncompress = (input: Uint8Array, length: number) => Uint8Array;

/** By the number of the codec. */
const codecs: readonly (readonly [name: string, uncompress?: Uncompress])[] = [
  ['UNCOMPRESSED', (input) => input],
  ['SNAPPY', uncompressSnappy],
  ['GZIP', (input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) })],
  ['LZO'],
  ['BROTLI', (input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) })],
  ['LZ4', uncompressLz4Frames],
  ['ZSTD', (input, length) => uncompressZstd(input, new Uint8Array(length))],
  ['LZ4_RAW', uncompressLz4Block],
];

/** Uncompresses a page to exactly `length` bytes. Throws ParquetDamage. */
export const uncompress = (codec: number, input: Uint8Array, length: number): Uint8Array => {
  const [name, work] = codecs[codec] ?? [`codec ${codec}`];
  if (!work) throw new ParquetDamage(`is compressed with ${name}, which is not read`);
  if (length === 0) return new Uint8Array();
  const output = unpacked(name, () => work(input, length));
  if (output.length !== length) throw new ParquetDamage(`has a page whose ${name} is not as long as it says`);
  return output;
};

/** Whatever the libraries throw says that the bytes are damaged. */
const unpacked = (name: string, work: () => Uint8Array): Uint8Array => {
  try {
    return work();
  } catch (cause) {
    if (cause instanceof ParquetDamage) throw cause;
    throw new ParquetDamage(`has a page that is no whole ${name}`, undefined, { cause });
  }
};
