import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { crc32 } from 'node:zlib';
import { writeWhole } from '../../state/index.ts';

/**
 * What the database's files were after its last commit. DuckDB drops the end of a log that was cut, a log that is gone, and with
 * it what was committed, without a word.
 */
export type LastCommit = {
  /** Number of checkpoints; each empties the log. */
  readonly checkpoint: number;
  /** Bytes of the log, and their CRC-32. */
  readonly logBytes: number;
  readonly logSum: number;
};

/** The log of a database file. */
export const logOf = (database: string): string => `${database}.wal`;

/** Where the last commit of a database is noted. */
export const noteOf = (database: string): string => `${database}.last`;

/** A database file begins with three headers of 4,096 bytes: the file's, and two of checkpoints, written in turn. */
const [headerSize, numberAt] = [4_096, 8];

/** Number of the last checkpoint of a database file; undefined if it has no headers. */
export const checkpointOf = (database: string): number | undefined => {
  const bytes = readAt(database, headerSize, 2 * headerSize);
  if (bytes.length < 2 * headerSize) return undefined;
  const numbers = [bytes.readBigUInt64LE(numberAt), bytes.readBigUInt64LE(headerSize + numberAt)];
  return Math.max(...numbers.map(Number));
};

/** Whether the log still begins with what it had after a commit. */
export const hasLog = (database: string, { logBytes, logSum }: LastCommit): boolean => {
  const bytes = readAt(logOf(database), 0, logBytes);
  return bytes.length === logBytes && crc32(bytes) === logSum;
};

/** The last commit as it was noted; undefined if it was not, or if the note cannot be read. */
export const readNote = (database: string): LastCommit | undefined => {
  const [text = '', sum] = existsSync(noteOf(database))
    ? readFileSync(noteOf(database), 'utf8').split('\n')
    : [];
  return sum === String(crc32(text)) ? JSON.parse(text) : undefined;
};

/**
 * Notes commits of one database; only what was added to its log is read. A commit of another connection may be noted while it is
 * still written: if it fails, DuckDB cuts it off, so `renew` must be called after each statement that failed.
 */
export class CommitNotes {
  readonly #database: string;
  #last: LastCommit | undefined;

  constructor(database: string) {
    this.#database = database;
  }

  /** Notes what is committed now. It never fails: the note before still says what the log has to begin with. */
  write(): void {
    try {
      const checkpoint = checkpointOf(this.#database);
      if (checkpoint === undefined) return;
      const before = this.#last?.checkpoint === checkpoint ? this.#last : undefined;
      const [from, sum] = [before?.logBytes ?? 0, before?.logSum ?? 0];
      const added = readAt(logOf(this.#database), from);
      if (before && added.length === 0) return;
      this.#last = { checkpoint, logBytes: from + added.length, logSum: crc32(added, sum) };
      const text = JSON.stringify(this.#last);
      writeWhole([{ path: noteOf(this.#database), content: `${text}\n${crc32(text)}` }]);
    } catch {
      this.#last = undefined;
    }
  }

  /** Notes what is committed now, with all of the log read again. */
  renew(): void {
    this.#last = undefined;
    this.write();
  }
}

/** Bytes of a file from a position on; fewer than asked for at its end, none if it is missing. */
const readAt = (path: string, from: number, most = Number.POSITIVE_INFINITY): Buffer => {
  const file = openIfThere(path);
  if (file === undefined) return Buffer.alloc(0);
  try {
    const bytes = Buffer.alloc(Math.max(0, Math.min(fstatSync(file).size - from, most)));
    return bytes.subarray(0, readSync(file, bytes, 0, bytes.length, from));
  } finally {
    closeSync(file);
  }
};

/** A checkpoint may remove the log at any moment. */
const openIfThere = (path: string): number | undefined => {
  try {
    return openSync(path, 'r');
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
};
