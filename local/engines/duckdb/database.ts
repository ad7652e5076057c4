import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';
import { DamagedState } from '../../state/index.ts';
import { CommitNotes } from './last-commit.ts';
import { expectCommitted, namingDamage } from './sound-files.ts';

/** A database that runs statements; the caller of `connect` closes the connection. */
export type Database = Pick<DuckDBInstance, 'connect'> & {
  /** An error of a statement; one that says that a file is damaged becomes `DamagedState`, which names the file. */
  readonly explain?: (error: unknown) => unknown;
};

export type WarehouseFile = {
  readonly path: string;
  readonly open: () => Promise<DuckDBInstance>;
  /** Receives a line about each damage that is found. */
  readonly complain?: ((line: string) => void) | undefined;
};

/** Milliseconds between two interrupts of statements that must end, and the longest time for that. */
const [interruptEvery, endsWithin] = [20, 10_000];

/**
 * The laptop's database. After a fatal error DuckDB rejects every further statement: running ones fail, and the next connection
 * reopens the database with everything that was committed. If that fails, the connection after it tries again. When a connection
 * is closed, it is noted what the files have now.
 */
export class Warehouse implements Database {
  readonly #file: WarehouseFile;
  readonly #notes: CommitNotes;
  readonly #inUse = new Set<DuckDBConnection>();
  readonly #turn = pLimit(1);
  /** Undefined if it was closed to be opened again, and could not be opened, such as on a full disk. */
  #instance: DuckDBInstance | undefined;

  private constructor(instance: DuckDBInstance, file: WarehouseFile) {
    this.#instance = instance;
    this.#file = file;
    this.#notes = new CommitNotes(file.path);
    this.#notes.write();
  }

  /** Throws `DamagedState`, and changes nothing, if a file is damaged or lacks what was committed. */
  static async open(file: WarehouseFile): Promise<Warehouse> {
    try {
      expectCommitted(file.path);
      return new Warehouse(await file.open(), file);
    } catch (error) {
      throw namingDamage(file.path, error);
    }
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#turn(() => this.#soundConnection());
    this.#inUse.add(connection);
    const close = connection.closeSync.bind(connection);
    const [run, runAndReadAll] = [connection.run.bind(connection), connection.runAndReadAll.bind(connection)];
    return Object.assign(connection, {
      run: (...given: Parameters<typeof run>) => run(...given).catch(this.#throwing),
      runAndReadAll: (...given: Parameters<typeof runAndReadAll>) =>
        runAndReadAll(...given).catch(this.#throwing),
      closeSync: () => {
        this.#inUse.delete(connection);
        close();
        this.#notes.write();
      },
    });
  }

  readonly explain = (error: unknown): unknown => {
    const explained = namingDamage(this.#file.path, error);
    if (explained !== error && explained instanceof DamagedState) this.#file.complain?.(explained.message);
    return explained;
  };

  readonly #throwing = (error: unknown): never => {
    this.#notes.renew();
    throw this.explain(error);
  };

  closeSync(): void {
    this.#instance?.closeSync();
    this.#notes.write();
  }

  async #soundConnection(): Promise<DuckDBConnection> {
    return (this.#instance && (await connectTo(this.#instance))) ?? this.#reconnect();
  }

  /**
   * Two instances must never have one file open: the old one is closed first, and before it its connections, on which every
   * statement fails.
   */
  async #reconnect(): Promise<DuckDBConnection> {
    const latest = performance.now() + endsWithin;
    while (this.#inUse.size > 0) {
      if (performance.now() > latest)
        throw new Error(`the database cannot be opened again: ${this.#inUse.size} statements do not end`);
      for (const connection of this.#inUse) connection.interrupt();
      await new Promise((resolve) => setTimeout(resolve, interruptEvery));
    }
    this.#instance?.closeSync();
    this.#instance = undefined;
    this.#instance = await this.#file.open();
    this.#notes.renew();
    return this.#instance.connect();
  }
}

/** A connection that works; undefined if the database is unusable. */
const connectTo = async (instance: DuckDBInstance): Promise<DuckDBConnection | undefined> => {
  let connection: DuckDBConnection | undefined;
  try {
    connection = await instance.connect();
    await connection.run('select 1');
    return connection;
  } catch (error) {
    connection?.closeSync();
    if (isInvalidated(error)) return undefined;
    throw error;
  }
};

const isInvalidated = (error: unknown): boolean =>
  error instanceof Error && /database has been invalidated/.test(error.message);
