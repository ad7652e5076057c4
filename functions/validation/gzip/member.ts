import { constants, createInflateRaw, type InflateRaw, inflateRawSync } from 'node:zlib';
import type { ByteSource } from './byte-source.ts';
import { GzipDamage } from './damage.ts';

const longestChunk = 2 ** 16;

/** Uncompresses the deflate data of one member, up to its last byte. */
export async function* inflateMember(source: ByteSource, start: number): AsyncGenerator<Uint8Array> {
  const whole = await inflateAtOnce(source);
  if (!whole) yield* inflateInPieces(source, start);
  else if (whole.length > 0) yield whole;
}

/** A small member within one piece needs no stream, which takes five times as long to create. */
const inflateAtOnce = async (source: ByteSource): Promise<Uint8Array | undefined> => {
  const piece = await source.piece();
  if (!piece) return undefined;
  const inflated = inflateWhole(piece);
  source.giveBack(inflated ? piece.length - inflated.taken : piece.length);
  return inflated?.plain;
};

type Inflated = { readonly plain: Uint8Array; readonly taken: number };

/** Undefined if the member does not end before the piece does, is too large, or is damaged. */
const inflateWhole = (piece: Uint8Array): Inflated | undefined => {
  const options = {
    info: true,
    finishFlush: constants.Z_SYNC_FLUSH,
    chunkSize: longestChunk,
    maxOutputLength: longestChunk,
  };
  try {
    // With `info` it answers otherwise than its type says.
    const answer: unknown = inflateRawSync(piece, options);
    const { buffer, engine } = answer as { buffer: Uint8Array; engine: { bytesWritten: number } };
    return engine.bytesWritten < piece.length ? { plain: buffer, taken: engine.bytesWritten } : undefined;
  } catch {
    return undefined;
  }
};

async function* inflateInPieces(source: ByteSource, start: number): AsyncGenerator<Uint8Array> {
  const inflate = createInflateRaw({ chunkSize: longestChunk });
  // The reader of the stream gets the error.
  inflate.on('error', () => undefined);
  const feeding = feed(inflate, source);
  try {
    for await (const plain of inflate) yield plain;
  } catch (cause) {
    throw damageOf(cause, start);
  } finally {
    inflate.destroy();
    await feeding;
  }
}

/** Writes pieces until the deflate data ends, and returns what follows it to the source. */
const feed = async (inflate: InflateRaw, source: ByteSource): Promise<void> => {
  const closed = new Promise<void>((resolve) => inflate.once('close', () => resolve()));
  let given = 0;
  try {
    while (!inflate.destroyed) {
      const piece = await source.piece();
      if (!piece) return void inflate.end();
      given += piece.length;
      await Promise.race([closed, new Promise((resolve) => inflate.write(piece, resolve))]);
      const isOver = inflate.bytesWritten < given;
      if (isOver) return source.giveBack(Math.min(given - inflate.bytesWritten, piece.length));
    }
  } catch (cause) {
    inflate.destroy(cause instanceof Error ? cause : new Error(String(cause)));
  }
};

const damageOf = (cause: unknown, start: number): unknown => {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  if (code === 'Z_BUF_ERROR') return new GzipDamage(`the member at byte ${start} is cut off`);
  if (code !== 'Z_DATA_ERROR') return cause;
  return new GzipDamage(`the member at byte ${start} is damaged: ${(cause as Error).message}`);
};
