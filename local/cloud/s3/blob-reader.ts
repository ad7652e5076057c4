import { type FileHandle, open } from 'node:fs/promises';
import { S3Error } from './error.ts';
import { isPiece, type PieceSums, pieceSize } from './piece-sums.ts';

/** What the index knows of a blob, which says whether a file still has its bytes. */
export type Known = {
  readonly blob: string;
  readonly size: number;
  /** Absent for bytes that an older version of this program wrote: only their size is checked. */
  readonly sums?: PieceSums;
};

/** A slice of a blob: from one byte to another, both included. */
export type Slice = { readonly start: number; readonly end: number };

/** The file of a blob is missing, cut or has other bytes than were written; the message names it. */
export class DamagedBlob extends S3Error {
  /** A blob that is missing may just have been replaced. */
  readonly isMissing: boolean;

  constructor(about: string, path: string, what: string, isMissing = false) {
    super('InternalError', {
      message: `The bytes of ${about} are damaged: ${path} ${what}; put that file back from a copy of the state folder, or put the object again`,
    });
    this.isMissing = isMissing;
  }
}

const isCode = (error: unknown, code: string): boolean =>
  error instanceof Error && 'code' in error && error.code === code;

const openFile = async (path: string, about: string): Promise<FileHandle> => {
  try {
    return await open(path);
  } catch (error) {
    if (isCode(error, 'ENOENT')) throw new DamagedBlob(about, path, 'is missing', true);
    throw error;
  }
};

const expectSize = async (file: FileHandle, path: string, about: string, size: number): Promise<void> => {
  const found = (await file.stat()).size;
  if (found !== size) throw new DamagedBlob(about, path, `has ${found} bytes, not ${size}`);
};

const readPiece = async (file: FileHandle, path: string, about: string, at: number, length: number) => {
  const bytes = Buffer.allocUnsafe(length);
  try {
    const { bytesRead } = await file.read(bytes, 0, length, at);
    return bytes.subarray(0, bytesRead);
  } catch (error) {
    // A sector that the disk cannot read.
    if (isCode(error, 'EIO')) throw new DamagedBlob(about, path, `cannot be read at byte ${at}`);
    throw error;
  }
};

/**
 * Reads a slice of a file piece by piece; a piece is checked before any of its bytes is given. Throws `DamagedBlob`. `about`
 * names the object in its message.
 */
export async function* readBlob(
  path: string,
  about: string,
  { size, sums }: Known,
  { start, end }: Slice = { start: 0, end: size - 1 },
): AsyncGenerator<Uint8Array> {
  const known = sums === undefined ? undefined : Buffer.from(sums, 'base64');
  const file = await openFile(path, about);
  try {
    await expectSize(file, path, about, size);
    for (let piece = Math.floor(start / pieceSize); piece * pieceSize <= end; piece += 1) {
      const at = piece * pieceSize;
      const bytes = await readPiece(file, path, about, at, Math.min(pieceSize, size - at));
      if (known && !isPiece(known, piece, bytes))
        throw new DamagedBlob(about, path, `has other bytes than were written, from byte ${at}`);
      yield bytes.subarray(Math.max(0, start - at), end + 1 - at);
    }
  } finally {
    await file.close();
  }
}

/** Reads a whole file and throws `DamagedBlob` unless it has the bytes that were written. */
export const expectSound = async (path: string, about: string, known: Known): Promise<void> => {
  for await (const _ of readBlob(path, about, known));
};
