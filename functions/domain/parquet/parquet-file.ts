import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import { decompress as decompressZstd } from 'fzstd';
import {
  type AsyncBuffer,
  type Compressors,
  type FileMetaData,
  parquetMetadataAsync,
  parquetReadObjects,
  type RowGroup,
  type SchemaElement,
  snappyUncompress,
} from 'hyparquet';

/** Reads bytes of a file, the last one excluded. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** Most of a row group that is held at once: bytes of its columns, uncompressed, and values. */
const [mostGroupBytes, mostGroupValues] = [128 * 2 ** 20, 10_000_000];
const mostFooterBytes = 2 ** 24;
const magicBytes = 8;

/** Why a file cannot be read as Parquet, in words that follow `the file`. */
export class ParquetDamage extends Error {
  override readonly name = 'ParquetDamage';
}

/** Bytes that could not be fetched say nothing about the file. */
export class RangeUnread extends Error {
  override readonly name = 'RangeUnread';
}

/** Reads what the footer says. Throws ParquetDamage. */
export const readFooter = async (size: number, read: ReadRange): Promise<FileMetaData> => {
  const tail = Buffer.from(await read(Math.max(0, size - magicBytes), size));
  if (tail.subarray(-4).toString('latin1') !== 'PAR1')
    throw new ParquetDamage('does not end as Parquet does');
  if (tail.length < magicBytes || tail.readUInt32LE(0) > Math.min(mostFooterBytes, size - magicBytes)) {
    throw new ParquetDamage('has a footer that is longer than the file, or than 16 MiB');
  }
  return intact(() => parquetMetadataAsync(asBuffer(size, read), { geoparquet: false }));
};

/** Rows of each row group in turn, as objects of the values as they are stored. Throws ParquetDamage. */
export async function* readRowGroups(
  size: number,
  read: ReadRange,
  metadata: FileMetaData,
  columns: string[],
): AsyncGenerator<readonly Readonly<Record<string, unknown>>[]> {
  const options = {
    file: asBuffer(size, read),
    metadata: { ...metadata, schema: metadata.schema.map(asStored) },
    columns,
    compressors,
    utf8: false,
    parsers: { timestampFromNanoseconds: (nanoseconds: bigint) => nanoseconds },
  };
  let rowStart = 0;
  for (const [at, group] of metadata.row_groups.entries()) {
    const rowEnd = rowStart + Number(group.num_rows);
    if (rowEnd === rowStart) continue;
    expectBounded(group, at + 1, columns);
    const rows = await intact(() => parquetReadObjects({ ...options, rowStart, rowEnd }));
    if (rows.length !== rowEnd - rowStart) throw new ParquetDamage(`lacks rows of row group ${at + 1}`);
    yield rows;
    rowStart = rowEnd;
  }
}

/** Without what the values mean, decimals and moments come as the integers that they are, and lose nothing. */
const asStored = ({ converted_type, logical_type, ...element }: SchemaElement): SchemaElement => ({
  ...element,
  ...(element.num_children !== undefined && converted_type !== undefined && { converted_type }),
  ...(element.num_children !== undefined && logical_type !== undefined && { logical_type }),
});

const expectBounded = ({ columns, num_rows }: RowGroup, number: number, names: readonly string[]): void => {
  const read = columns.filter(({ meta_data }) => names.includes(meta_data?.path_in_schema[0] ?? ''));
  const sum = (of: 'total_uncompressed_size' | 'num_values'): number =>
    read.reduce((total, { meta_data }) => total + Number(meta_data?.[of] ?? 0), 0);
  const values = Math.max(sum('num_values'), Number(num_rows) * read.length);
  if (sum('total_uncompressed_size') <= mostGroupBytes && values <= mostGroupValues) return;
  throw new ParquetDamage(
    `has a row group (${number}) of more than 128 MiB or ten million values; write smaller row groups`,
  );
};

const asBuffer = (size: number, read: ReadRange): AsyncBuffer => ({
  byteLength: size,
  slice: async (start, end = size) => {
    try {
      const bytes = await read(start, Math.min(end, size));
      return new Uint8Array(bytes).buffer;
    } catch (cause) {
      throw new RangeUnread(`could not read bytes ${start} to ${end}`, { cause });
    }
  },
});

/** A page may not claim to be larger than a row group may be. */
const bounded =
  (uncompress: (input: Uint8Array, length: number) => Uint8Array) =>
  (input: Uint8Array, length: number): Uint8Array => {
    if (length > mostGroupBytes) throw new ParquetDamage('has a page of more than 128 MiB');
    return uncompress(input, length);
  };

/** LZ4, which few write, is refused by the library. */
const compressors: Compressors = {
  SNAPPY: bounded((input, length) => {
    const output = new Uint8Array(length);
    snappyUncompress(input, output);
    return output;
  }),
  GZIP: bounded((input, length) => gunzipSync(input, { maxOutputLength: Math.max(length, 1) })),
  BROTLI: bounded((input, length) => brotliDecompressSync(input, { maxOutputLength: Math.max(length, 1) })),
  ZSTD: bounded((input, length) => decompressZstd(input, new Uint8Array(length))),
};

/** Whatever the library throws while it reads bytes that it has says that they are damaged. */
const intact = async <Answer>(work: () => Promise<Answer> | Answer): Promise<Answer> => {
  try {
    return await work();
  } catch (cause) {
    if (cause instanceof ParquetDamage || cause instanceof RangeUnread) throw cause;
    const message = cause instanceof Error ? cause.message : String(cause);
    throw new ParquetDamage(`is no Parquet that can be read (${message})`, { cause });
  }
};
