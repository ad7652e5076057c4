import { existsSync, mkdirSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { crc32 } from 'node:zlib';
import { PAGE, RESERVED } from './checked-files.ts';
import { type Cursor, openCursor, type Range, type ReadRange, type TrackedCursor } from './cursor.ts';
import { DamagedStore } from './damaged-store.ts';
import { type LastCommit, openLastCommit } from './last-commit.ts';
import { Connection, SqliteError, type Statement, type Value } from './sqlite.ts';
import { SqliteFiles, VFS } from './sqlite-files.ts';

export type Change =
  | { readonly type: 'put'; readonly key: Uint8Array; readonly value: Uint8Array }
  | { readonly type: 'del'; readonly key: Uint8Array };

/**
 * Entries of keys and values, sorted by the bytes of the keys. What was written survives the death of the process. Any call may
 * throw `DamagedStore`, and a write an error of the file system such as `ENOSPC`; it has then changed nothing.
 */
export type Store = {
  get(key: Uint8Array): Buffer | undefined;
  cursor(range: Range): Cursor;
  /** Makes all changes or none; they are written when it returns. */
  write(changes: readonly Change[]): void;
  /** The same together with everything else of this turn of the event loop, which is cheaper. */
  writeSoon(changes: readonly Change[]): Promise<void>;
  /** Reads everything and throws `DamagedStore` unless it is what was written. */
  check(): void;
  close(): void;
};

/** Opens the store with this file of pages, or makes it. After a process that did not close it, it is checked as a whole. */
export const openStore = (file: string): Store => {
  const path = resolve(file);
  mkdirSync(dirname(path), { recursive: true });
  const files = new SqliteFiles(path);
  try {
    const isNew = !existsSync(path);
    const last = openLastCommit(`${path}-last`, isNew);
    try {
      if (isNew && last.found) throw new DamagedStore(path, 'it is missing');
      return new OpenStore(files, last);
    } catch (cause) {
      last.close();
      throw cause;
    }
  } catch (cause) {
    files.close();
    throw cause;
  }
};

/** Settings of a new file, whose pages are written without a journal until there is a log. */
const makingIt = [
  'locking_mode = exclusive',
  'journal_mode = memory',
  `page_size = ${PAGE}`,
  'auto_vacuum = incremental',
];
const usingIt = [
  'locking_mode = exclusive',
  'journal_mode = wal',
  // The log is synced before its pages are moved, so a loss of power loses last commits and not the file.
  'synchronous = normal',
  'wal_autocheckpoint = 4000',
  'cache_size = -4000',
  'cache_spill = off',
  'journal_size_limit = 16777216',
];

const schema = [
  'create table if not exists entries (k blob primary key, c integer, v blob) without rowid',
  'create table if not exists totals (commits integer, entries integer, checksums integer)',
  'insert into totals select 0, 0, 0 where not exists (select 1 from totals)',
];

/** Sums of checksums are kept below this, so that they are exact numbers. */
const MODULUS = 2 ** 52;

type Totals = { readonly commits: number; readonly entries: number; readonly checksums: number };

class OpenStore implements Store {
  readonly #connection: Connection;
  readonly #cursors = new Set<TrackedCursor>();
  readonly #statements = new Map<string, Statement>();
  #totals: Totals = { commits: 0, entries: 0, checksums: 0 };
  #soon: Change[] = [];
  #written: Promise<void> | undefined;

  constructor(
    readonly files: SqliteFiles,
    readonly last: LastCommit,
  ) {
    const { found } = last;
    const hasLog = existsSync(files.log) && statSync(files.log).size > 0;
    this.#connection = this.#explain(() => new Connection(files.path, VFS));
    try {
      this.#explain(() => this.#open(found === undefined));
      this.#compareCommits(hasLog);
      if (found && (!found.isClosed || hasLog)) this.check();
      this.#witness(false);
    } catch (cause) {
      this.#connection.close();
      throw cause;
    }
  }

  get(key: Uint8Array): Buffer | undefined {
    const [checksum, value] = this.#run((sql) => sql('select c, v from entries where k = ?').get(key)) ?? [];
    return checksum === undefined ? undefined : this.#verified(key, checksum, value);
  }

  cursor(range: Range): Cursor {
    const cursor = openCursor(range, this.#read, (closed) => this.#cursors.delete(closed));
    this.#cursors.add(cursor);
    return cursor;
  }

  write(changes: readonly Change[]): void {
    if (changes.length === 0) return;
    this.#run((sql) => {
      sql('begin immediate').run();
      try {
        this.#commit(sql, changes);
      } catch (cause) {
        if (this.#connection.isInTransaction) sql('rollback').run();
        throw cause;
      }
    });
    this.#witness(false);
  }

  writeSoon(changes: readonly Change[]): Promise<void> {
    this.#soon.push(...changes);
    this.#written ??= new Promise((settle, reject) => {
      setImmediate(() => {
        try {
          this.#writeNow();
          settle();
        } catch (cause) {
          reject(cause);
        }
      });
    });
    return this.#written;
  }

  check(): void {
    const { path } = this.files;
    const problem = this.#explain(() => this.#connection.ask('pragma integrity_check(1)'));
    if (problem !== 'ok') throw new DamagedStore(path, String(problem).split('\n').at(-1) ?? '');
    let entries = 0;
    let checksums = 0;
    this.#run((sql) =>
      sql('select k, c, v from entries').each([], ([key, checksum, value]) => {
        this.#verified(key as Buffer, checksum, value);
        entries += 1;
        checksums = (checksums + Number(checksum)) % MODULUS;
        return true;
      }),
    );
    if (entries !== this.#totals.entries || checksums !== this.#totals.checksums)
      throw new DamagedStore(path, `it has ${entries} of ${this.#totals.entries} entries, or old ones`);
  }

  close(): void {
    this.#writeNow();
    for (const cursor of this.#cursors) cursor.close();
    this.#connection.ask('pragma synchronous = off');
    const isMoved = this.#explain(() => this.#connection.ask('pragma wal_checkpoint(truncate)')) === 0;
    this.#connection.close();
    this.files.close();
    if (isMoved) this.#witness(true);
    this.last.close();
  }

  #open(isNew: boolean): void {
    this.#connection.reserve(RESERVED);
    const isEmpty = (statSync(this.files.path, { throwIfNoEntry: false })?.size ?? 0) === 0;
    for (const setting of [...(isEmpty ? makingIt : []), ...usingIt])
      this.#connection.ask(`pragma ${setting}`);
    if (isNew) for (const statement of schema) this.#connection.ask(statement);
    const row = this.#connection.prepare('select commits, entries, checksums from totals').get();
    if (!row) throw new DamagedStore(this.files.path, 'its totals are missing');
    const [commits, entries, checksums] = row.map(Number) as [number, number, number];
    this.#totals = { commits, entries, checksums };
    const pages = Number(this.#connection.ask('pragma page_count'));
    if (statSync(this.files.path).size < pages * PAGE && !existsSync(this.files.log))
      throw new DamagedStore(this.files.path, `it has less than ${pages} pages`);
  }

  /** SQLite leaves out what it takes for the torn end of its log, or a whole log. */
  #compareCommits(hasLog: boolean): void {
    const { found, isOtherBoot } = this.last;
    const { commits } = this.#totals;
    if (!found) {
      if (commits > 0) throw new DamagedStore(`${this.files.path}-last`, 'it has no record');
      return;
    }
    const { path, log } = this.files;
    const lost = found.number - commits;
    if (lost > 0 && (found.isClosed || !isOtherBoot))
      throw new DamagedStore(hasLog ? log : path, `the last ${lost} writes are missing`);
    if (lost < 0 && found.isClosed) throw new DamagedStore(`${path}-last`, 'it is older than the store');
  }

  #commit(sql: Prepare, changes: readonly Change[]): void {
    let { commits, entries, checksums } = this.#totals;
    for (const change of changes) {
      const { key } = change;
      const before = this.#before(sql, key);
      if (before !== undefined) {
        entries -= 1;
        checksums -= before;
      }
      if (change.type === 'put') {
        const checksum = checksumOf(key, change.value);
        sql('replace into entries (k, c, v) values (?, ?, ?)').run(key, checksum, change.value);
        entries += 1;
        checksums += checksum;
      } else if (before !== undefined) {
        sql('delete from entries where k = ?').run(key);
      }
      checksums = (checksums + MODULUS) % MODULUS;
    }
    commits += 1;
    sql('update totals set commits = ?, entries = ?, checksums = ?').run(commits, entries, checksums);
    sql('commit').run();
    this.#totals = { commits, entries, checksums };
  }

  /** The checksum of an entry before it changes; open cursors keep the entry. */
  #before(sql: Prepare, key: Uint8Array): number | undefined {
    if (this.#cursors.size === 0) {
      const row = sql('select c from entries where k = ?').get(key);
      return row && Number(row[0]);
    }
    const value = this.get(key);
    for (const cursor of this.#cursors) cursor.keep(Buffer.from(key), value);
    return value && checksumOf(key, value);
  }

  readonly #read: ReadRange = ({ gte, lt, isReverse }, take) => {
    const conditions = [...(gte ? ['k >= ?'] : []), ...(lt ? ['k < ?'] : [])];
    const where = conditions.length > 0 ? `where ${conditions.join(' and ')}` : '';
    const text = `select k, c, v from entries ${where} order by k${isReverse ? ' desc' : ''}`;
    const bounds = [gte, lt].filter((bound) => bound !== undefined);
    this.#run((sql) =>
      sql(text).each(bounds, ([key, checksum, value]) => {
        return take([key as Buffer, this.#verified(key as Buffer, checksum, value)]);
      }),
    );
  };

  #verified(key: Uint8Array, checksum: Value | undefined, value: Value | undefined): Buffer {
    if (!(value instanceof Buffer) || checksum !== checksumOf(key, value))
      throw new DamagedStore(this.files.path, 'an entry has a wrong checksum');
    return value;
  }

  #writeNow(): void {
    const changes = this.#soon;
    this.#soon = [];
    this.#written = undefined;
    this.write(changes);
  }

  /** If this fails, a damaged log is noticed later than it could be. */
  #witness(isClosed: boolean): void {
    this.last.write({ number: this.#totals.commits, isClosed });
  }

  #run<Answer>(work: (sql: Prepare) => Answer): Answer {
    return this.#explain(() => work(this.#prepare));
  }

  readonly #prepare: Prepare = (text) => {
    const statement = this.#statements.get(text) ?? this.#connection.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  };

  /** What went wrong in the files says more than SQLite does. */
  #explain<Answer>(work: () => Answer): Answer {
    this.files.failure = undefined;
    try {
      return work();
    } catch (cause) {
      if (!(cause instanceof SqliteError)) throw cause;
      throw this.files.failure ?? errorOf(this.files.path, cause);
    }
  }
}

type Prepare = (sql: string) => Statement;

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const errorOf = (path: string, cause: SqliteError): Error =>
  [SQLITE_CORRUPT, SQLITE_NOTADB].includes(cause.code & 0xff)
    ? new DamagedStore(path, cause.message, { cause })
    : new Error(`${path}: ${cause.message}`, { cause });

const checksumOf = (key: Uint8Array, value: Uint8Array): number => crc32(value, crc32(key));
