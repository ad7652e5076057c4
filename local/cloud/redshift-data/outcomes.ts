import type { DuckDBConnection } from '@duckdb/node-api';
import type { Database } from '../../engines/index.ts';
import type { PartState } from './statement.ts';

/**
 * The outcome of each transaction, written inside it: there is a row exactly if the transaction was committed, even if the
 * process died or the answer to the commit was lost.
 */
export class Outcomes {
  constructor(private readonly instance: Database) {}

  /** Creates the table if it is missing. */
  async open(): Promise<void> {
    await this.with(async (connection) => {
      await connection.run('create schema if not exists soundcheck_data_api');
      await connection.run(
        'create table if not exists soundcheck_data_api.statements (id varchar primary key, finished_at timestamptz not null, parts varchar not null)',
      );
    });
  }

  /** Deletes outcomes that are older than two days. */
  async expire(now: number): Promise<void> {
    await this.with(async (connection) => {
      await connection.run(
        'delete from soundcheck_data_api.statements where finished_at < to_timestamp($seconds)',
        { seconds: Math.floor(now / 1_000) - 2 * 86_400 },
      );
    });
  }

  /** Writes the outcome in the connection's open transaction. */
  async record(connection: DuckDBConnection, id: string, parts: readonly PartState[]): Promise<void> {
    const row = { id, seconds: Date.now() / 1_000, parts: JSON.stringify(parts) };
    const insert = 'insert into soundcheck_data_api.statements values ($id, to_timestamp($seconds), $parts)';
    await connection.run(insert, row);
  }

  /** The parts of a transaction that was committed; undefined if it was not. */
  async find(id: string): Promise<readonly PartState[] | undefined> {
    return this.with(async (connection) => {
      const found = await connection.runAndReadAll(
        'select parts from soundcheck_data_api.statements where id = $id',
        { id },
      );
      const [row] = found.getRowsJson();
      return row && JSON.parse(String(row[0]));
    });
  }

  private async with<Answer>(work: (connection: DuckDBConnection) => Promise<Answer>): Promise<Answer> {
    const connection = await this.instance.connect();
    try {
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  }
}
