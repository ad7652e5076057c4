import type { DuckDBConnection } from '@duckdb/node-api';
import type { EngineRun } from './engine.ts';

/** One connection of a run; every call rejects with the signal's reason after the run was stopped. */
export type Session = {
  readonly connection: DuckDBConnection;
  run(sql: string): Promise<void>;
  /** Rows as objects of JSON values; 64-bit integers are texts. */
  rows(sql: string): Promise<Record<string, unknown>[]>;
};

/** Opens a connection for the time of the work and closes it in any case. */
export const withSession = async <Answer>(
  { connect, signal }: Pick<EngineRun, 'connect' | 'signal'>,
  work: (session: Session) => Promise<Answer>,
): Promise<Answer> => {
  const connection = await connect();
  try {
    return await work(openSession(connection, signal));
  } finally {
    connection.closeSync();
  }
};

/** Statements on a connection that a signal can interrupt. */
export const openSession = (connection: DuckDBConnection, signal?: AbortSignal): Session => ({
  connection,
  run: async (sql) => {
    await interruptible(connection, signal, () => connection.run(sql));
  },
  rows: async (sql) => {
    const reader = await interruptible(connection, signal, () => connection.runAndReadAll(sql));
    return reader.getRowObjectsJson();
  },
});

/** Runs a query; when the signal is aborted, interrupts it and throws the signal's reason. */
export const interruptible = async <Answer>(
  connection: DuckDBConnection,
  signal: AbortSignal | undefined,
  query: () => Promise<Answer>,
): Promise<Answer> => {
  signal?.throwIfAborted();
  const stop = signal && interruptOn(connection, signal);
  try {
    return await query();
  } catch (error) {
    signal?.throwIfAborted();
    throw error;
  } finally {
    stop?.();
  }
};

/** DuckDB ignores an interrupt that arrives before its query has begun, so it is repeated until the query ends. */
const interruptOn = (connection: DuckDBConnection, signal: AbortSignal): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const interrupt = () => {
    connection.interrupt();
    timer = setInterval(() => connection.interrupt(), 20);
  };
  signal.addEventListener('abort', interrupt, { once: true });
  return () => {
    signal.removeEventListener('abort', interrupt);
    clearInterval(timer);
  };
};
