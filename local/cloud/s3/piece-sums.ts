import { crc32 } from 'node:zlib';

/** Bytes of a piece: the least that is read to check any byte. CRC-32 of it takes 40 µs. */
export const pieceSize = 256 * 1024;

const sumSize = 4;

/** The CRC-32 of each piece of a blob, in base64. */
export type PieceSums = string;

/** Computes the sums of bytes that come in chunks of any size. */
export class RunningSums {
  readonly #sums: number[] = [];
  #sum = 0;
  #filled = 0;

  update(chunk: Uint8Array): void {
    for (let from = 0; from < chunk.length; ) {
      const part = chunk.subarray(from, from + pieceSize - this.#filled);
      this.#sum = crc32(part, this.#sum);
      this.#filled += part.length;
      from += part.length;
      if (this.#filled === pieceSize) this.#end();
    }
  }

  /** The sums of everything; no more chunks may follow. */
  sums(): PieceSums {
    if (this.#filled > 0) this.#end();
    const bytes = Buffer.alloc(this.#sums.length * sumSize);
    for (const [piece, sum] of this.#sums.entries()) bytes.writeUInt32BE(sum, piece * sumSize);
    return bytes.toString('base64');
  }

  #end(): void {
    this.#sums.push(this.#sum);
    this.#sum = 0;
    this.#filled = 0;
  }
}

/** Whether these are the bytes of a piece, counted from 0. */
export const isPiece = (sums: Buffer, piece: number, bytes: Uint8Array): boolean =>
  (piece + 1) * sumSize <= sums.length && sums.readUInt32BE(piece * sumSize) === crc32(bytes);
