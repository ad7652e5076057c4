import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { fileKind, type ReadRange } from '../../functions/validation/index.ts';
import { fileRange } from '../file-range.ts';
import { type CsvDialect, findDialect } from './csv-dialect.ts';
import type { Unnamed } from './unnamed.ts';

/** A file from which nothing can be learned, and why. */
export class CannotInfer extends Error {
  override readonly name = 'CannotInfer';
}

/** The error for a file without a readable row, with the reasons. */
export const noRow = (path: string, reasons: readonly string[]): CannotInfer =>
  new CannotInfer(`no row of ${path} can be read${reasons.map((reason) => `\n  ${reason}`).join('')}`);

/** The error for files without a column that a field can read, with the reasons. */
export const noField = (paths: readonly string[], unnamed: readonly Unnamed[]): CannotInfer =>
  new CannotInfer(
    `no manifest can name a column of ${paths.join(', ')}${unnamed.map(({ name, why }) => `\n  ${name}: ${why}`).join('')}`,
  );

/** Called with the number of bytes that were read from the disk. */
export type OnRead = (path: string, bytes: number) => void;

const [startBytes, pieceBytes] = [2 ** 18, 2 ** 18];

/** Reads a file's bytes as they are on the disk. */
export async function* readBytes(path: string, onRead: OnRead): AsyncGenerator<Uint8Array> {
  let read = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: pieceBytes })) {
    yield chunk;
    read += chunk.length;
    onRead(path, read);
  }
}

/** Reads parts of a file's bytes. */
export const readRange = (path: string, onRead: OnRead): ReadRange => {
  const range = fileRange(path);
  let read = 0;
  return async (start, end) => {
    const bytes = await range(start, end);
    read = Math.max(read, end);
    onRead(path, read);
    return bytes;
  };
};

/** Reads a file's text, uncompressed; throws `CannotInfer` if its name ends in .gz and it is not a complete gzip file. */
export async function* readText(path: string, onRead: OnRead): AsyncGenerator<Uint8Array> {
  if (!path.endsWith('.gz')) return yield* readBytes(path, onRead);
  const text = pipeline(readBytes(path, onRead), createGunzip(), () => undefined);
  try {
    yield* text;
  } catch (cause) {
    throw new CannotInfer(`${path} is not a complete gzip file`, { cause });
  }
}

/** Size of a file on the disk in bytes; throws `CannotInfer` if there is no such file. */
export const sizeOf = async (path: string): Promise<number> => {
  const found = await stat(path).catch(() => undefined);
  if (found?.isDirectory())
    throw new CannotInfer(`${path} is a folder; name the files in it, such as ${join(path, '*')}`);
  if (!found?.isFile()) throw new CannotInfer(`there is no file ${path}`);
  return found.size;
};

/** Detects the format of a file from its first bytes; throws `CannotInfer` if it is not text, or empty. */
export const dialectOf = async (path: string): Promise<CsvDialect> => {
  const { start, isWhole } = await startOf(path);
  if (start.length === 0) throw new CannotInfer(`${path} is empty`);
  const kind = fileKind(start);
  if (kind !== undefined) throw new CannotInfer(`${path} is ${kind}, not CSV in UTF-8`);
  return findDialect(start, isWhole);
};

/** Tells a JSON array from JSON lines by the first character that is not blank. */
export const isJsonArray = async (path: string): Promise<boolean> => {
  const { start } = await startOf(path);
  if (start.length === 0) throw new CannotInfer(`${path} is empty`);
  return start.toString('utf8').trimStart().startsWith('[');
};

/** Recognizes Parquet by its first bytes, whatever the file's name is. */
export const isParquet = async (path: string): Promise<boolean> =>
  fileKind((await startOf(path)).start) === 'Parquet';

const startOf = async (path: string): Promise<{ start: Buffer; isWhole: boolean }> => {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of readText(path, () => undefined)) {
    chunks.push(chunk);
    length += chunk.length;
    if (length > startBytes) break;
  }
  return { start: Buffer.concat(chunks), isWhole: length <= startBytes };
};
