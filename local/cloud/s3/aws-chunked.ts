import { S3Error } from './error.ts';

const longestLine = 16_384;
const mostTrailers = 100;

/** Reads lines and counted bytes from a stream, in any order. */
const openReader = (source: AsyncIterable<Uint8Array>) => {
  const chunks = source[Symbol.asyncIterator]();
  let held: Buffer = Buffer.alloc(0);

  const more = async (): Promise<boolean> => {
    const { done, value } = await chunks.next();
    if (done) return false;
    held =
      held.length === 0
        ? Buffer.from(value.buffer, value.byteOffset, value.length)
        : Buffer.concat([held, value]);
    return true;
  };

  return {
    /** Releases the stream, so that others can continue reading. */
    close: () => chunks.return?.(),
    /** The next line without its end; undefined at the end of the stream. */
    async line(): Promise<string | undefined> {
      let end = held.indexOf(0x0a);
      while (end < 0) {
        if (held.length > longestLine || !(await more())) return undefined;
        end = held.indexOf(0x0a);
      }
      const line = held.toString('latin1', 0, end).replace(/\r$/, '');
      held = held.subarray(end + 1);
      return line;
    },
    /** The next so many bytes, in pieces; IncompleteBody if the stream ends before. */
    async *bytes(count: number): AsyncGenerator<Buffer> {
      let left = count;
      while (left > 0) {
        if (held.length === 0 && !(await more())) throw new S3Error('IncompleteBody');
        const piece = held.subarray(0, left);
        held = held.subarray(piece.length);
        left -= piece.length;
        yield piece;
      }
    },
  };
};

const sizeOf = (line: string | undefined): number => {
  const size = /^([0-9a-f]{1,12})(?:;.*)?$/i.exec(line ?? '')?.[1];
  if (size === undefined)
    throw new S3Error('IncompleteBody', { message: 'The chunk that was sent is not well-formed.' });
  return Number.parseInt(size, 16);
};

const readTrailers = async (
  reader: ReturnType<typeof openReader>,
  trailers: Map<string, string>,
): Promise<void> => {
  for (let line = await reader.line(); line !== undefined; line = await reader.line()) {
    if (line === '') continue;
    const colon = line.indexOf(':');
    if (colon < 0 || trailers.size === mostTrailers) throw new S3Error('MalformedTrailerError');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
};

/**
 * Decodes an `aws-chunked` body, signed or not: chunks of `<size in hex>[;chunk-signature=…]`, an empty one at the end, then
 * the trailers, which are added to `trailers` with lower-case names. Chunk signatures are not verified.
 */
export const decodeChunked = async function* (
  source: AsyncIterable<Uint8Array>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = openReader(source);
  try {
    for (let size = sizeOf(await reader.line()); size > 0; size = sizeOf(await reader.line())) {
      yield* reader.bytes(size);
      if ((await reader.line()) !== '') throw new S3Error('IncompleteBody');
    }
    await readTrailers(reader, trailers);
  } finally {
    await reader.close();
  }
};
