import { type FileHandle, open, readFile, rename } from 'node:fs/promises';
import { crc32 } from 'node:zlib';
import { DamagedState } from '../../state/index.ts';

/** Bytes before each batch of records: its length, its checksum, and the checksum of both. */
const headBytes = 12;
const next = 'put back a copy of the state folder, or delete this file, whose records are lost then';

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

  /** Continues a file; a missing one is begun with the first batch. Rejects with `DamagedState`. */
  static async open(path: string): Promise<RecordFile> {
    const file = new RecordFile(path);
    const content = await readFile(path).catch(emptyIfMissing);
    for (const batch of batchesOf(path, content)) file.#length += headBytes + batch.length;
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
    await this.#file.appendFile(Buffer.concat([headOf(batch), batch]));
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

const headOf = (batch: Buffer): Buffer => {
  const head = Buffer.alloc(headBytes);
  head.writeUInt32BE(batch.length, 0);
  head.writeUInt32BE(crc32(batch), 4);
  head.writeUInt32BE(crc32(head.subarray(0, 8)), 8);
  return head;
};

/** The records of a file of so many bytes of whole batches, one after another. Rejects with `DamagedState`. */
export const readRecords = async (path: string, length: number): Promise<Buffer> => {
  const batches = [...batchesOf(path, await readFile(path))];
  const found = batches.reduce((sum, batch) => sum + headBytes + batch.length, 0);
  if (found !== length) throw new DamagedState(path, `it has ${found} bytes of ${length}`, next);
  return Buffer.concat(batches);
};

/** The whole batches of a file. Only its last one can be there in part. */
const batchesOf = function* (path: string, content: Buffer): Generator<Buffer> {
  for (let at = 0; at + headBytes <= content.length; ) {
    const damaged = new DamagedState(path, `it has other bytes than were written, from byte ${at}`, next);
    if (crc32(content.subarray(at, at + 8)) !== content.readUInt32BE(at + 8)) throw damaged;
    const end = at + headBytes + content.readUInt32BE(at);
    if (end > content.length) return;
    const batch = content.subarray(at + headBytes, end);
    if (crc32(batch) !== content.readUInt32BE(at + 4)) throw damaged;
    yield batch;
    at = end;
  }
};

/** The records of a file of an older version of this program, which wrote the length alone before each batch. */
export const oldRecordsIn = (content: Buffer): Buffer => {
  const batches: Buffer[] = [];
  for (let at = 0; at + 4 <= content.length; ) {
    const end = at + 4 + content.readUInt32BE(at);
    if (end > content.length) break;
    batches.push(content.subarray(at + 4, end));
    at = end;
  }
  return Buffer.concat(batches);
};
