import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';

/** A database that statements are run on; whoever connects closes the connection. */
export type Database = Pick<DuckDBInstance, 'connect'>;

/** Milliseconds between two interrupts of statements that must end, and how long that may take. */
const [interruptEvery, endsWithin] = [20, 10_000];

/**
 * The laptop's database. After a fatal error in it DuckDB rejects every further statement: those under way fail, and who connects then
 * gets a connection to the database opened again, with all that was committed.
 */
export class Warehouse implements Database {
  readonly #open: () => Promise<DuckDBInstance>;
  readonly #inUse = new Set<DuckDBConnection>();
  readonly #turn = pLimit(1);
  #instance: DuckDBInstance;

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
    this.#instance.closeSync();
  }

  async #soundConnection(): Promise<DuckDBConnection> {
    return (await connectTo(this.#instance)) ?? this.#reconnect();
  }

  /** Two instances must never have one file open: the old one goes first, and before it its connections, on which nothing can succeed. */
  async #reconnect(): Promise<DuckDBConnection> {
    const latest = Date.now() + endsWithin;
    while (this.#inUse.size > 0) {
      if (Date.now() > latest)
        throw new Error(`the database cannot be opened again: ${this.#inUse.size} statements do not end`);
      for (const connection of this.#inUse) connection.interrupt();
      await new Promise((resolve) => setTimeout(resolve, interruptEvery));
    }
    this.#instance.closeSync();
    this.#instance = await this.#open();
    return this.#instance.connect();
  }
}

/** A connection that works; undefined when the database is of no more use. */
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
