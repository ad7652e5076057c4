import type { ReadRange } from '../parquet/parquet-damage.ts';
import { type LandedContent, type ReadContent, readContent } from './judge-content.ts';
import { isGzip } from './judge-name.ts';
import { ParquetParser } from './judge-parquet.ts';
import type { Parser } from './judge-records.ts';

/** Bytes of a landed file, under its key. */
export type LandedBytes = LandedContent & {
  readonly key: string;
  /** Bytes of a part of it, the last one excluded; Parquet is read by it. */
  readonly range?: ReadRange | undefined;
};

/**
 * Reads a landed file to its end into a parser of its format and hashes it; where the parser tells its records to
 * someone slow, `settled` is awaited now and then. Throws what the content throws, and IncompleteContent.
 */
export const readLanded = async (
  { key, size, content, range }: LandedBytes,
  parser: Parser,
  settled: () => Promise<void> | void = () => {},
): Promise<ReadContent> => {
  if (!(parser instanceof ParquetParser)) {
    const sink = {
      get isStopped() {
        return parser.isStopped;
      },
      write: (bytes: Uint8Array) => {
        parser.write(bytes);
        return settled();
      },
    };
    return readContent({ size, content }, isGzip(key) && size > 0, sink);
  }
  const read = await readContent({ size, content }, false, deaf);
  if (parser.isStopped) return read;
  if (!range) throw new TypeError('Parquet is read by ranges, and this file has none');
  await parser.read(size, range, settled);
  return read;
};

const deaf = { isStopped: true, write: () => {} };
