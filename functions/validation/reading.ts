import { type LandedContent, readContent } from './content.ts';
import { isGzip } from './file-name.ts';
import type { ReadRange } from './parquet/damage.ts';
import { ParquetParser } from './parquet/parser.ts';
import type { Parser } from './records.ts';
import { readBytes, whyUnreadable } from './unreadable.ts';

/** Bytes of a landed file, under its key. */
export type LandedBytes = LandedContent & {
  readonly key: string;
  /** Bytes of a part of it, the last one excluded; Parquet is read by it. */
  readonly range?: ReadRange | undefined;
};

/** Facts from reading a landed file. */
export type ReadLanded = {
  /** Of the bytes as they landed, hex. */
  readonly sha256: string;
  /** Why nothing of it can be used: the rule, and words that follow `the file`. */
  readonly damage?: { readonly rule: string; readonly says: string };
};

/**
 * Reads a whole landed file into a parser of its format and hashes it; if the parser reports its records to something slow,
 * `settled` is awaited now and then. Whatever the bytes are, the result is a value: only here an error of a parser becomes one.
 * Throws the errors of the content, and IncompleteContent.
 */
export const readLanded = async (
  file: LandedBytes,
  parser: Parser,
  settled: () => Promise<void> | void = () => {},
): Promise<ReadLanded> => {
  let damage: ReadLanded['damage'];
  const unreadable = (says: string): void => {
    damage ??= { rule: 'unreadable', says };
    parser.stop();
  };
  const content =
    parser instanceof ParquetParser
      ? await readParquet(file, parser, settled, unreadable)
      : await readStream(file, parser, settled, unreadable);
  if (content.damage !== undefined) damage ??= { rule: 'gzip', says: content.damage };
  if (!damage) readBytes(() => parser.end(), unreadable);
  return { sha256: content.sha256, ...(damage && { damage }) };
};

type Tell = (says: string) => void;

const readStream = (
  { key, size, content }: LandedBytes,
  parser: Parser,
  settled: () => Promise<void> | void,
  unreadable: Tell,
) => {
  const sink = {
    get isStopped() {
      return parser.isStopped;
    },
    write: (bytes: Uint8Array) => {
      readBytes(() => parser.write(bytes), unreadable);
      return settled();
    },
  };
  return readContent({ size, content }, isGzip(key) && size > 0, sink);
};

const readParquet = async (
  { size, content, range }: LandedBytes,
  parser: ParquetParser,
  settled: () => Promise<void> | void,
  unreadable: Tell,
) => {
  const read = await readContent({ size, content }, false, deaf);
  if (parser.isStopped) return read;
  if (!range) throw new TypeError('Parquet is read by ranges, and this file has none');
  let isUnread = false;
  const fetched: ReadRange = (start, end) =>
    range(start, end).catch((cause: unknown) => {
      isUnread = true;
      throw cause;
    });
  try {
    await parser.read(size, fetched, settled);
  } catch (cause) {
    if (isUnread) throw cause;
    unreadable(whyUnreadable(cause));
  }
  return read;
};

const deaf = { isStopped: true, write: () => {} };
