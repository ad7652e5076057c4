import { createWriteStream } from 'node:fs';
import { rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { Readable, type Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { type Block, type GeneratedDataset, generateText } from './datasets.ts';

export type WriteOptions = {
  readonly dataset: GeneratedDataset;
  readonly rows: number;
  readonly seed: number;
  /** Told after each block, with the number of rows so far. */
  readonly progress?: (rows: number) => void;
};

/** Writes a generated file in bounded memory. The file gets its name when it is whole; an interrupted one is removed. */
export const writeDatasetFile = async (file: string, options: WriteOptions): Promise<void> => {
  const unfinished = `${file}.part-${process.pid}`;
  try {
    await writeDataset(createWriteStream(unfinished), options);
    await rename(unfinished, file);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw new NotWritten(file, error);
  }
};

/** A file could not be written; the message says which and why. */
export class NotWritten extends Error {
  override readonly name = 'NotWritten';

  constructor(
    readonly file: string,
    cause: unknown,
  ) {
    const { code, message } = cause as NodeJS.ErrnoException;
    const reason = code === 'ENOENT' ? `the folder ${dirname(file)} does not exist` : message;
    super(`${file} cannot be written: ${reason}`, { cause });
  }
}

/** Writes the text of a generated file to a stream, not faster than the stream takes it. */
export const writeDataset = async (to: Writable, options: WriteOptions): Promise<void> => {
  const { dataset, rows, seed, progress = () => {} } = options;
  const texts = function* (blocks: Iterable<Block>): Generator<string> {
    for (const block of blocks) {
      yield block.text;
      progress(block.rows);
    }
  };
  await pipeline(Readable.from(texts(generateText(dataset, rows, seed)), { highWaterMark: 1 }), to);
};
