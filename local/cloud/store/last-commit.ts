import { createHash } from 'node:crypto';
import { closeSync, existsSync, openSync, readFileSync, readSync, writeFileSync, writeSync } from 'node:fs';
import { uptime } from 'node:os';
import { crc32 } from 'node:zlib';
import { DamagedStore } from './damaged-store.ts';

/** What was last committed. */
export type Commit = {
  readonly number: number;
  /** Nothing has been written since, and everything is in the file of pages. */
  readonly isClosed: boolean;
};

/**
 * A small file beside a store that says which commit was the last. SQLite drops a damaged end of its log without a word; then
 * it has fewer commits than this file says.
 */
export type LastCommit = {
  /** Whether there ever was a record, of any store. */
  readonly hasRecord: boolean;
  /** The last commit of the store with this number; undefined if there is no record of it. */
  foundOf(store: number): FoundCommit | undefined;
  write(store: number, commit: Commit): void;
  close(): void;
};

export type FoundCommit = Commit & {
  /** The machine was started again since the last commit. A machine that loses power may lose the last commits. */
  readonly isOtherBoot: boolean;
};

// Two records in two sectors, written in turn, so that a record that was cut leaves the other one. The number of the store is part
// of the checksum of each.
const SECTOR = 512;
const CHECKED = 34;

export const openLastCommit = (path: string, isNew: boolean): LastCommit => {
  if (!existsSync(path)) {
    if (!isNew) throw new DamagedStore(path, 'it is missing');
    writeFileSync(path, Buffer.alloc(2 * SECTOR));
  }
  const descriptor = openSync(path, 'r+');
  const records = [0, 1].map((slot) => readRecord(descriptor, slot)).filter((one) => one.sequence !== 0);
  const boot = thisBoot();
  let sequence = 0;
  const bytes = Buffer.alloc(CHECKED + 4);
  boot.copy(bytes, 18);
  return {
    hasRecord: records.length > 0,
    foundOf(store) {
      const own = records.filter(({ checked, sum }) => sum === crc32(checked, store));
      const last = own.sort((one, other) => other.sequence - one.sequence)[0];
      sequence = last?.sequence ?? 0;
      return last && { ...commitIn(last.checked), isOtherBoot: !last.checked.subarray(18).equals(boot) };
    },
    write(store, { number, isClosed }) {
      sequence += 1;
      bytes.writeDoubleLE(sequence, 0);
      bytes.writeDoubleLE(number, 8);
      bytes.writeUInt16LE(isClosed ? 1 : 0, 16);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, CHECKED), store), CHECKED);
      writeSync(descriptor, bytes, 0, bytes.length, (sequence % 2) * SECTOR);
    },
    close: () => closeSync(descriptor),
  };
};

const readRecord = (descriptor: number, slot: number) => {
  const bytes = Buffer.alloc(CHECKED + 4);
  readSync(descriptor, bytes, 0, bytes.length, slot * SECTOR);
  const checked = bytes.subarray(0, CHECKED);
  return { sequence: checked.readDoubleLE(0), checked, sum: bytes.readUInt32LE(CHECKED) };
};

const commitIn = (checked: Buffer): Commit => ({
  number: checked.readDoubleLE(8),
  isClosed: checked.readUInt16LE(16) === 1,
});

/** 16 bytes that are the same until the machine starts again. */
const thisBoot = (): Buffer => createHash('md5').update(bootName()).digest();

const bootName = (): string => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8');
  } catch {
    return String(Math.round((Date.now() / 1_000 - uptime()) / 600));
  }
};
