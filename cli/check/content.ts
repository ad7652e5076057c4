import { open } from 'node:fs/promises';
import { styleText } from 'node:util';

/** Milliseconds before progress is shown at all, and between two times that it is. */
const [patience, interval] = [1_000, 200];

const pieceBytes = 2 ** 20;

/**
 * The bytes of a file of this machine, each piece lent until the next but one is asked for; on a terminal standard
 * error shows how far they have been read.
 */
export const contentOf = (path: string, size: number): AsyncIterable<Uint8Array> =>
  process.stderr.isTTY ? shown(piecesOf(path), path, size) : piecesOf(path);

/**
 * One piece is read ahead while the one before is validated. Three buffers serve for the whole file: new ones for each piece
 * would be garbage faster than it is collected.
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
      // Whoever stops asking never sees why it failed.
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

/** How far a file has been read, after so many milliseconds: `x.csv  43 %, 1.2 of 2.8 GB, 510 MB/s`. */
export const progressLine = (path: string, read: number, size: number, milliseconds: number): string => {
  const share = size === 0 ? 100 : Math.floor((100 * read) / size);
  const rate = Math.round(read / 1e3 / Math.max(1, milliseconds));
  return `${path}  ${share} %, ${gigabytes(read)} of ${gigabytes(size)} GB, ${rate} MB/s`;
};

const gigabytes = (bytes: number): string => (bytes / 1e9).toFixed(1);
