import { type FileHandle, open, readFile, rename } from 'node:fs/promises';

/** Bytes before each batch of records: its length. */
const headBytes = 4;

/**
 * A file of batches of records that are there as a whole or not at all: what a full disk or a killed process left of a batch is
 * cut off, and was never confirmed.
 */
export class RecordFile {
  readonly #path: string;
  #file: FileHandle | undefined;
  /** Length of all whole batches. */
  #length = 0;

  private constructor(path: string) {
    this.#path = path;
  }

  /** Continues a file; a missing one is begun with the first batch. */
  static async open(path: string): Promise<RecordFile> {
    const file = new RecordFile(path);
    const content = await readFile(path).catch(emptyIfMissing);
    for (const batch of batchesOf(content)) file.#length += headBytes + batch.length;
    return file;
  }

  /** Bytes of the file. */
  get length(): number {
    return this.#length;
  }

  /** Resolves when the batch is on disk; if it rejects, the file is as before. */
  async append(batch: Buffer): Promise<void> {
    this.#file ??= await open(this.#path, 'a+');
    // What an earlier append left behind, which perhaps could not be cut off at that time.
    if ((await this.#file.stat()).size > this.#length) await this.#file.truncate(this.#length);
    const head = Buffer.alloc(headBytes);
    head.writeUInt32BE(batch.length);
    await this.#file.appendFile(Buffer.concat([head, batch]));
    this.#length += headBytes + batch.length;
  }

  /** Gives the file another name; the next batch begins a new one. */
  async moveTo(path: string): Promise<void> {
    await this.close();
    await rename(this.#path, path);
    this.#length = 0;
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

const emptyIfMissing = (error: NodeJS.ErrnoException): Buffer => {
  if (error.code === 'ENOENT') return Buffer.alloc(0);
  throw error;
};

/** The records of a file, one after another. */
export const recordsIn = (content: Buffer): Buffer => Buffer.concat([...batchesOf(content)]);

/** The whole batches of a file. */
const batchesOf = function* (content: Buffer): Generator<Buffer> {
  for (let at = 0; at + headBytes <= content.length; ) {
    const end = at + headBytes + content.readUInt32BE(at);
    if (end > content.length) return;
    yield content.subarray(at + headBytes, end);
    at = end;
  }
};
