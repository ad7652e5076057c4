import { randomInt } from 'node:crypto';
import { existsSync, rmSync, statSync } from 'node:fs';
import { PAGE, RESERVED } from './checked-files.ts';
import { DamagedStore } from './damaged-store.ts';
import { Connection, SqliteError, type Statement, type Value } from './sqlite.ts';
import { SqliteFiles, VFS } from './sqlite-files.ts';

/** Settings of a new file. Its first page is written without a journal: there is no log yet, and nothing to lose. */
const makingIt = [
  'locking_mode = exclusive',
  'synchronous = off',
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
  'journal_size_limit = 16777216',
  'cache_size = -4000',
  // Unfinished writes stay out of the log.
  'cache_spill = off',
];

/** Gives a prepared statement by its text. */
export type Prepare = (sql: string) => Statement;

/** A file of SQLite whose errors say which file they are about. */
export class Database {
  readonly #files: SqliteFiles;
  readonly #connection: Connection;
  readonly #statements = new Map<string, Statement>();
  #isOpen = true;

  constructor(readonly path: string) {
    this.#files = new SqliteFiles(path);
    try {
      this.#connection = this.#explain(() => new Connection(path, VFS, RESERVED));
    } catch (cause) {
      this.#files.close();
      throw cause;
    }
    try {
      const settings = isEmpty(path) ? [...makingIt, `user_version = ${newNumber()}`, ...usingIt] : usingIt;
      for (const setting of settings) this.ask(`pragma ${setting}`);
    } catch (cause) {
      this.abandon();
      throw cause;
    }
  }

  get log(): string {
    return this.#files.log;
  }

  /** A number that no other store has, which the file got when it was made; 0 if it was made before stores had one. */
  get number(): number {
    return Number(this.ask('pragma user_version'));
  }

  /** Runs statements; what went wrong in the files says more than SQLite does. */
  run<Answer>(work: (sql: Prepare) => Answer): Answer {
    if (!this.#isOpen) throw new Error(`${this.path} is closed`);
    return this.#explain(() => work(this.#prepare));
  }

  /** Runs one statement once and returns its first value. */
  ask(sql: string): Value | undefined {
    return this.run(() => this.#connection.ask(sql));
  }

  /** Runs statements in a transaction: all of them or none. */
  transact(work: (sql: Prepare) => void): void {
    this.run((sql) => {
      sql('begin immediate').run();
      try {
        work(sql);
        sql('commit').run();
      } catch (cause) {
        if (this.#connection.isInTransaction) sql('rollback').run();
        throw cause;
      }
    });
  }

  /** Throws `DamagedStore` unless SQLite can read all pages and finds nothing wrong in them. */
  checkPages(): void {
    this.run(() => {
      const problem = this.#connection.ask('pragma integrity_check(1)');
      if (problem === 'ok') return;
      throw this.#files.failure ?? new DamagedStore(this.path, String(problem).split('\n').at(-1) ?? '');
    });
  }

  /** Closes after all pages are moved from the log; returns false if they could not be, and stay there for the next opening. */
  close(): boolean {
    const isMoved = this.#moveAll();
    this.abandon();
    if (isMoved) this.#removeLog();
    return isMoved;
  }

  /** Closes and leaves the files as they are. */
  abandon(): void {
    this.#isOpen = false;
    this.#connection.close();
    this.#files.close();
  }

  /** It is empty, and need not be removed. */
  #removeLog(): void {
    try {
      rmSync(this.log, { force: true });
    } catch {}
  }

  #moveAll(): boolean {
    try {
      // A process that ends needs no sync; the system writes the pages.
      this.ask('pragma synchronous = off');
      return this.ask('pragma wal_checkpoint(truncate)') === 0;
    } catch {
      return false;
    }
  }

  readonly #prepare: Prepare = (text) => {
    const statement = this.#statements.get(text) ?? this.#connection.prepare(text);
    this.#statements.set(text, statement);
    return statement;
  };

  #explain<Answer>(work: () => Answer): Answer {
    this.#files.failure = undefined;
    try {
      return work();
    } catch (cause) {
      if (!(cause instanceof SqliteError)) throw cause;
      throw this.#files.failure ?? errorOf(this.path, cause);
    }
  }
}

const newNumber = (): number => randomInt(1, 2 ** 31);

/** Also if a process died while it wrote the first page. */
const isEmpty = (path: string): boolean => !existsSync(path) || statSync(path).size < PAGE;

const SQLITE_CORRUPT = 11;
const SQLITE_NOTADB = 26;

const errorOf = (path: string, cause: SqliteError): Error =>
  [SQLITE_CORRUPT, SQLITE_NOTADB].includes(cause.code & 0xff)
    ? new DamagedStore(path, cause.message, { cause })
    : new Error(`${path}: ${cause.message}`, { cause });
