import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';

/** A database that runs statements; the caller of `connect` closes the connection. */
export type Database = Pick<DuckDBInstance, 'connect'>;

/** Milliseconds between two interrupts of statements that must end, and the longest time for that. */
const [interruptEvery, endsWithin] = [20, 10_000];

/**
 * The laptop's database. After a fatal error DuckDB rejects every further statement: running ones fail, and the next connection
 * reopens the database with everything that was committed. If that fails, the connection after it tries again.
 */
export class Warehouse implements Database {
  readonly #open: () => Promise<DuckDBInstance>;
  readonly #inUse = new Set<DuckDBConnection>();
  readonly #turn = pLimit(1);
  /** Undefined if it was closed to be opened again, and could not be opened, such as on a full disk. */
  #instance: DuckDBInstance | undefined;

  constructor(instance: DuckDBInstance, open: () => Promise<DuckDBInstance>) {
    this.#instance = instance;
    this.#open = open;
  }

  async connect(): Promise<DuckDBConnection> {
    const connection = await this.#turn(() => this.#soundConnection());
    this.#inUse.add(connection);
    const close = connection.closeSync.bind(connection);
    connection.closeSync = () => {
      this.#inUse.delete(connection);
      close();
    };
    return connection;
  }

  closeSync(): void {
    this.#instance?.closeSync();
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
    this.#instance = await this.#open();
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
