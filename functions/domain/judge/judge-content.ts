import { createHash } from 'node:crypto';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** Where the bytes of a file go, uncompressed; it is given none once it has stopped, nor before it has taken the last ones. */
type Sink = { readonly isStopped: boolean; readonly write: (bytes: Uint8Array) => void | Promise<void> };

/** What reading the bytes themselves has shown. */
export type ReadContent = {
  /** Of the bytes as they landed, hex. */
  readonly sha256: string;
  /** Why they could not be uncompressed to the end; then the sink has stopped at no fault of its own. */
  readonly damage?: string;
};

/** Bytes of a file as they landed, `size` of them. */
export type LandedContent = { readonly size: number; readonly content: AsyncIterable<Uint8Array> };

const slice = 2 ** 16;
const [freeBytes, mostRatio] = [2 ** 24, 500];

/** Fewer or more bytes came than the file has: it could not be read, which says nothing about it. */
export class IncompleteContent extends Error {
  override readonly name = 'IncompleteContent';
  readonly size: number;
  readonly read: number;

  constructor(size: number, read: number, options?: ErrorOptions) {
    super(`read ${read} of ${size} bytes`, options);
    this.size = size;
    this.read = read;
  }
}

/**
 * Hands every byte to the sink and hashes what landed, to the end even when the sink stops; memory stays flat.
 * Gzip may hold several members, may not be cut off or followed by anything, and may not grow without measure.
 * Throws what `content` throws, and IncompleteContent.
 */
export const readContent = async (
  landed: LandedContent,
  isGzip: boolean,
  sink: Sink,
): Promise<ReadContent> => {
  const source = hashed(landed.content);
  const damage = isGzip ? await inflate(source, sink) : await pass(source, sink);
  while ((await source.next()) !== undefined);
  if (source.bytes() !== landed.size) throw new IncompleteContent(landed.size, source.bytes());
  return { sha256: source.digest(), ...(damage !== undefined && { damage }) };
};

type Source = {
  /** The next chunk; undefined at the end. Calls are answered one after another. */
  readonly next: () => Promise<Uint8Array | undefined>;
  readonly bytes: () => number;
  readonly digest: () => string;
};

const hashed = (content: AsyncIterable<Uint8Array>): Source => {
  const hash = createHash('sha256');
  const chunks = content[Symbol.asyncIterator]();
  let bytes = 0;
  const pull = async (): Promise<Uint8Array | undefined> => {
    const { done, value } = await chunks.next();
    if (done) return undefined;
    hash.update(value);
    bytes += value.length;
    return value;
  };
  let last: Promise<Uint8Array | undefined> = Promise.resolve(undefined);
  const next = () => {
    last = last.then(pull);
    return last;
  };
  return { next, bytes: () => bytes, digest: () => hash.digest('hex') };
};

const pass = async (source: Source, sink: Sink): Promise<undefined> => {
  for (let chunk = await source.next(); chunk !== undefined && !sink.isStopped; chunk = await source.next()) {
    await sink.write(chunk);
  }
};

/** What it has grown to is held against what was taken so far, so that a large bomb is known as early as a small one. */
const inflate = async (source: Source, sink: Sink): Promise<string | undefined> => {
  const taken = { bytes: 0 };
  let bytes = 0;
  let isBomb = false;
  const isOver = () => sink.isStopped || isBomb;
  const receive = async (plain: AsyncIterable<Uint8Array>): Promise<void> => {
    for await (const chunk of plain) {
      bytes += chunk.length;
      isBomb ||= !sink.isStopped && bytes > freeBytes && bytes > taken.bytes * mostRatio;
      if (!isOver()) await sink.write(chunk);
    }
  };
  try {
    await pipeline(sliced(source, taken, isOver), createGunzip({ chunkSize: slice }), receive);
  } catch (cause) {
    if (!isDamage(cause)) throw cause;
    if (!isOver()) return `is no whole gzip file (${cause.message})`;
  }
  return isBomb ? `grows to more than ${mostRatio} times its size` : undefined;
};

/** In small pieces, so that little is inflated after it is over. */
async function* sliced(
  source: Source,
  taken: { bytes: number },
  isOver: () => boolean,
): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    for (let at = 0; at < chunk.length; at += slice) {
      if (isOver()) return;
      const piece = chunk.subarray(at, at + slice);
      taken.bytes += piece.length;
      yield piece;
    }
  }
}

const isDamage = (cause: unknown): cause is Error =>
  cause instanceof Error &&
  'code' in cause &&
  (cause.code === 'Z_DATA_ERROR' || cause.code === 'Z_BUF_ERROR');
