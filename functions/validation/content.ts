import { createHash } from 'node:crypto';
import { PipelineError } from '../values/index.ts';
import { GzipDamage, gunzip } from './gzip/gunzip.ts';

/** Receives the uncompressed bytes of a file; after it has stopped it receives no more. */
type Sink = { readonly isStopped: boolean; readonly write: (bytes: Uint8Array) => void | Promise<void> };

/** Facts from reading the bytes. */
export type ReadContent = {
  /** Of the bytes as they landed, hex. */
  readonly sha256: string;
  /** Why they could not be uncompressed to the end; then the sink has stopped because of that. */
  readonly damage?: string;
};

/** Bytes of a file as they landed, `size` of them. */
export type LandedContent = { readonly size: number; readonly content: AsyncIterable<Uint8Array> };

const slice = 2 ** 16;
const [freeBytes, mostRatio] = [2 ** 24, 500];

/** Fewer or more bytes came than the file has: it could not be read, which says nothing about it. */
export class IncompleteContent extends PipelineError {
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
 * Passes every byte to the sink and hashes what landed, to the end even if the sink stops; memory stays constant. Gzip is read
 * by `gunzip`, and its size is limited. Throws the errors of `content`, and IncompleteContent.
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

/** The uncompressed size is compared with the bytes read so far, so that a large bomb is found as early as a small one. */
const inflate = async (source: Source, sink: Sink): Promise<string | undefined> => {
  const taken = { bytes: 0 };
  let bytes = 0;
  try {
    for await (const chunk of gunzip(counted(source, taken))) {
      bytes += chunk.length;
      if (sink.isStopped) return undefined;
      if (bytes > freeBytes && bytes > taken.bytes * mostRatio)
        return `grows to more than ${mostRatio} times its size`;
      await sink.write(chunk);
    }
  } catch (cause) {
    if (!(cause instanceof GzipDamage)) throw cause;
    if (!sink.isStopped) return cause.message;
  }
  return undefined;
};

/** In small pieces, so that little is inflated after it is over. */
async function* counted(source: Source, taken: { bytes: number }): AsyncGenerator<Uint8Array> {
  for (let chunk = await source.next(); chunk !== undefined; chunk = await source.next()) {
    for (let at = 0; at < chunk.length; at += slice) {
      const piece = chunk.subarray(at, at + slice);
      taken.bytes += piece.length;
      yield piece;
    }
  }
}
