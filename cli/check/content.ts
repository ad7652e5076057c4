import { open } from 'node:fs/promises';
import { styleText } from 'node:util';

/** Milliseconds before progress is first shown, and between two updates. */
const [patience, interval] = [1_000, 200];

const pieceBytes = 2 ** 20;

/**
 * Reads a local file piece by piece; a piece is valid until the next but one is requested. On a terminal, standard error shows
 * the progress.
 */
export const contentOf = (path: string, size: number): AsyncIterable<Uint8Array> =>
  process.stderr.isTTY ? shown(piecesOf(path), path, size) : piecesOf(path);

/**
 * One piece is read ahead while the previous one is validated. Three buffers are reused for the whole file: new buffers would
 * become garbage faster than it is collected.
 */
async function* piecesOf(path: string): AsyncGenerator<Uint8Array> {
  const file = await open(path);
  const buffers = Array.from({ length: 3 }, () => Buffer.allocUnsafe(pieceBytes));
  const read = async (piece: number): Promise<Uint8Array> => {
    const { bytesRead, buffer } = await file.read(buffers[piece % 3] ?? Buffer.alloc(pieceBytes));
    return buffer.subarray(0, bytesRead);
  };
  let ahead = read(0);
  try {
    for (let piece = 1; ; piece++) {
      const bytes = await ahead;
      if (bytes.length === 0) return;
      ahead = read(piece);
      // If the reader stops early, nobody awaits this promise: a failure must not become an unhandled rejection.
      ahead.catch(() => undefined);
      yield bytes;
    }
  } finally {
    await ahead.catch(() => undefined);
    await file.close();
  }
}

async function* shown(
  stream: AsyncIterable<Uint8Array>,
  path: string,
  size: number,
): AsyncGenerator<Uint8Array> {
  const began = Date.now();
  let [read, next] = [0, began + patience];
  try {
    for await (const chunk of stream) {
      yield chunk;
      read += chunk.length;
      const now = Date.now();
      if (now < next) continue;
      next = now + interval;
      process.stderr.write(`\r\u001b[2K${styleText('dim', progressLine(path, read, size, now - began))}`);
    }
  } finally {
    if (next > began + patience) process.stderr.write('\r\u001b[2K');
  }
}

/** A line of progress after so many milliseconds: `x.csv  43 %, 1.2 of 2.8 GB, 510 MB/s`. */
const progressLine = (path: string, read: number, size: number, milliseconds: number): string => {
  const share = size === 0 ? 100 : Math.floor((100 * read) / size);
  const rate = Math.round(read / 1e3 / Math.max(1, milliseconds));
  return `${path}  ${share} %, ${gigabytes(read)} of ${gigabytes(size)} GB, ${rate} MB/s`;
};

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
