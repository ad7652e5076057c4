import { join } from 'node:path';
import { type Change, openStore, type Store } from '../store/index.ts';

const digits = 10;
const numbered = (number: number): string => String(number).padStart(digits, '0');
const batchKey = (file: number, batch: number): Buffer =>
  Buffer.from(`batch/${numbered(file)}/${numbered(batch)}`);
const nameKey = (file: number): Buffer => Buffer.from(`name/${numbered(file)}`);
const batchesOf = (file: number) => ({ gte: batchKey(file, 0), lt: batchKey(file + 1, 0) });
const allNames = { gte: nameKey(0), lt: Buffer.from('name0') };

/**
 * The records of a stream, in a store: batches of the file that is gathered, and of files that have a name and are not put yet. A
 * batch is there as a whole or not at all. Any call may throw `DamagedStore`, and a write an error of the file system.
 */
export class RecordStore {
  readonly #store: Store;
  /** The file that is gathered, and the number of its next batch. */
  #file = 0;
  #next = 0;
  /** Bytes of the records that are gathered. */
  #length = 0;

  /** Reads everything, so that damage is noticed now. */
  constructor(directory: string) {
    this.#store = openStore(join(directory, 'records.db'));
    try {
      for (const { file } of this.names()) this.#file = file + 1;
      for (const batch of this.#batches(this.#file)) this.#count(batch);
      for (const { file } of this.names()) this.recordsOf(file);
    } catch (cause) {
      this.#store.close();
      throw cause;
    }
  }

  get length(): number {
    return this.#length;
  }

  append(records: Buffer): void {
    this.#store.write([{ type: 'put', key: batchKey(this.#file, this.#next), value: records }]);
    this.#count(records);
  }

  /** Gives what is gathered a name; what follows belongs to the next file. */
  seal(name: string): void {
    this.#store.write([{ type: 'put', key: nameKey(this.#file), value: Buffer.from(name) }]);
    this.#begin();
  }

  /** Adds a file that has a name already, before anything is gathered; a name that is known is left out. */
  addNamed(name: string, records: Buffer): void {
    if (this.names().some((known) => known.name === name)) return;
    this.#store.write([
      { type: 'put', key: batchKey(this.#file, 0), value: records },
      { type: 'put', key: nameKey(this.#file), value: Buffer.from(name) },
    ]);
    this.#begin();
  }

  /** Files that have a name, the oldest first. */
  names(): { readonly file: number; readonly name: string }[] {
    return this.#entries(allNames).map(([key, value]) => ({
      file: Number(key.subarray(-digits)),
      name: value.toString(),
    }));
  }

  recordsOf(file: number): Buffer {
    return Buffer.concat(this.#batches(file));
  }

  remove(file: number): void {
    const keys = [nameKey(file), ...this.#entries(batchesOf(file)).map(([key]) => key)];
    this.#store.write(keys.map((key): Change => ({ type: 'del', key })));
  }

  close(): void {
    this.#store.close();
  }

  #count(records: Buffer): void {
    this.#next += 1;
    this.#length += records.length;
  }

  #begin(): void {
    this.#file += 1;
    [this.#next, this.#length] = [0, 0];
  }

  #batches(file: number): Buffer[] {
    return this.#entries(batchesOf(file)).map(([, value]) => value);
  }

  #entries(range: Parameters<Store['cursor']>[0]): (readonly [Buffer, Buffer])[] {
    const cursor = this.#store.cursor(range);
    try {
      const found: (readonly [Buffer, Buffer])[] = [];
      for (let entry = cursor.next(); entry; entry = cursor.next()) found.push(entry);
      return found;
    } finally {
      cursor.close();
    }
  }
}
