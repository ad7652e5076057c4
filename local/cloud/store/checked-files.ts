import { closeSync, fdatasyncSync, fstatSync, ftruncateSync, openSync, readSync, writeSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { DamagedStore } from './damaged-store.ts';

/** Bytes of a page of SQLite's file, and how many at its end SQLite leaves to us: they hold the page's checksum. */
export const PAGE = 4_096;
export const RESERVED = 4;
const FRAME_HEADER = 24;

/** A file as SQLite uses it; what it gives is verified. Errors of the file system and `DamagedStore` are thrown. */
export type CheckedFile = {
  readonly path: string;
  /** Reads as many bytes as fit and returns their number, which is less at the end of the file. */
  read(into: Uint8Array, offset: number): number;
  write(bytes: Uint8Array, offset: number): void;
  truncate(size: number): void;
  size(): number;
  sync(): void;
  close(): void;
};

/** SQLite's file of pages. Each page ends with a checksum over its number and its bytes. */
export const openPages = (path: string): CheckedFile => {
  const file = openPlain(path);
  const scratch = Buffer.alloc(PAGE);
  // A page that was cut, when the disk was full, is still in the log.
  let size = file.size() - (file.size() % PAGE);
  const check = (page: Buffer, number: number): void => {
    if (page.readUInt32LE(PAGE - RESERVED) !== checksumOf(page, number))
      throw new DamagedStore(path, `page ${number} has a wrong checksum`);
  };
  return {
    ...file,
    read(into, offset) {
      if (size === 0) return 0;
      const start = offset - (offset % PAGE);
      const number = start / PAGE + 1;
      if (start + PAGE > size) throw new DamagedStore(path, `page ${number} is missing at its end`);
      const page = into.length === PAGE ? bufferOf(into) : scratch;
      file.read(page, start);
      check(page, number);
      if (page === scratch) into.set(scratch.subarray(offset - start, offset - start + into.length));
      return into.length;
    },
    write(bytes, offset) {
      if (bytes.length !== PAGE || offset % PAGE !== 0) throw new Error(`${path}: not a page`);
      const page = bufferOf(bytes);
      page.writeUInt32LE(checksumOf(page, offset / PAGE + 1), PAGE - RESERVED);
      file.write(page, offset);
      size = Math.max(size, offset + PAGE);
    },
    truncate(length) {
      file.truncate(length);
      size = length;
    },
    size: () => size,
  };
};

const checksumOf = (page: Buffer, number: number): number => crc32(page.subarray(0, PAGE - RESERVED), number);

const bufferOf = (bytes: Uint8Array): Buffer => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);

/**
 * SQLite's write-ahead log. SQLite verifies it only when it opens it; so the checksums of its pages are kept in memory from then
 * on, or from when a page is written, and each later reading is compared.
 */
export const openLog = (path: string): CheckedFile => {
  const file = openPlain(path);
  const checksums = new Map<number, number>();
  // SQLite writes the header of a frame and then its page; they are written together.
  const frame = Buffer.alloc(FRAME_HEADER + PAGE);
  let held: number | undefined;
  const settle = (): void => {
    if (held === undefined) return;
    const offset = held;
    held = undefined;
    file.write(frame.subarray(0, FRAME_HEADER), offset);
  };
  return {
    ...file,
    read(into, offset) {
      settle();
      const count = file.read(into, offset);
      const [page, at] =
        into.length === PAGE + FRAME_HEADER
          ? [into.subarray(FRAME_HEADER), offset + FRAME_HEADER]
          : [into, offset];
      if (page.length !== PAGE || count < into.length) return count;
      const checksum = crc32(page);
      const expected = checksums.get(at);
      if (expected === undefined) checksums.set(at, checksum);
      else if (expected !== checksum)
        throw new DamagedStore(path, `the page at byte ${at} has a wrong checksum`);
      return count;
    },
    write(bytes, offset) {
      if (bytes.length === FRAME_HEADER) {
        settle();
        frame.set(bytes);
        held = offset;
      } else if (bytes.length === PAGE && offset === (held ?? 0) + FRAME_HEADER) {
        held = undefined;
        frame.set(bytes, FRAME_HEADER);
        checksums.set(offset, crc32(bytes));
        file.write(frame, offset - FRAME_HEADER);
      } else {
        settle();
        if (bytes.length === PAGE) checksums.set(offset, crc32(bytes));
        file.write(bytes, offset);
      }
    },
    sync() {
      settle();
      file.sync();
    },
    size() {
      settle();
      return file.size();
    },
    close() {
      settle();
      file.close();
    },
    truncate(length) {
      settle();
      file.truncate(length);
      for (const at of checksums.keys()) if (at >= length) checksums.delete(at);
    },
  };
};

const openPlain = (path: string): CheckedFile => {
  const descriptor = openOrCreate(path);
  return {
    path,
    read(into, offset) {
      let count = 0;
      while (count < into.length) {
        const more = readSync(descriptor, into, count, into.length - count, offset + count);
        if (more === 0) break;
        count += more;
      }
      return count;
    },
    write(bytes, offset) {
      for (let count = 0; count < bytes.length; )
        count += writeSync(descriptor, bytes, count, bytes.length - count, offset + count);
    },
    truncate: (size) => ftruncateSync(descriptor, size),
    size: () => fstatSync(descriptor).size,
    sync: () => fdatasyncSync(descriptor),
    close: () => closeSync(descriptor),
  };
};

const openOrCreate = (path: string): number => {
  try {
    return openSync(path, 'r+');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'ENOENT') throw cause;
    return openSync(path, 'wx+');
  }
};
