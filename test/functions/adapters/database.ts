import pg from 'pg';
import type { PostgresSettings } from '../../../functions/adapters/postgres-settings.ts';
import { postgresSource } from '../../../functions/adapters/postgres-source.ts';
import type { Window } from '../../../functions/sources/index.ts';
import { SourceFailed } from '../../../functions/sources/index.ts';
import {
  type Postgres,
  type PostgresOptions,
  startPostgres,
} from '../../../local/engines/postgres/server.ts';

/** A database with the schema `shop`, and the user `puller`, who may only use that schema. */
export type Database = {
  readonly server: Postgres;
  /** What its own administrator says. */
  run(sql: string): Promise<pg.QueryResult>;
  /** Makes a table of the schema from a select, and lets the puller read it. */
  table(name: string, select: string): Promise<void>;
  /** A source on it: the table `songs`, all of it. */
  readonly source: Extract<PostgresSettings, { readonly table: string }>;
  close(): Promise<void>;
};

export const password = 'pässword "of" the puller';
export const secretArn = 'arn:aws:secretsmanager:eu-west-1:1:secret:shop';

export const openDatabase = async (options: PostgresOptions = {}): Promise<Database> => {
  const server = await startPostgres(options);
  // Each in a session of its own: some tests end all sessions.
  const run = async (sql: string): Promise<pg.QueryResult> => {
    const admin = new pg.Client(server.url);
    await admin.connect();
    try {
      return await admin.query(sql);
    } finally {
      await admin.end();
    }
  };
  await run(`create schema shop; create role puller login password '${password}'`);
  await run('grant usage on schema shop to puller');
  return {
    server,
    run,
    table: async (name, select) => {
      await run(`create table shop.${name} as ${select}; grant select on shop.${name} to puller`);
    },
    source: {
      kind: 'postgres',
      host: '127.0.0.1',
      port: server.port,
      database: 'postgres',
      user: 'puller',
      schema: 'shop',
      table: 'songs',
      order_by: [],
      tls: 'off',
      auth: { kind: 'secret', secret: secretArn },
      max_record_bytes: 2 ** 20,
      timeouts: { connect_ms: 10_000, statement_ms: 20_000, idle_ms: 20_000 },
      page_rows: 1_000,
    },
    close: () => server.stop(),
  };
};

/** The adapter, with one secret. */
export const sources = (secret = password) => postgresSource({ secrets: { read: async () => secret } });

export const january: Window = { from: '2024-01-01', to: '2024-01-31' };

/** All records of a source. */
export const pull = async (source: PostgresSettings, window = january): Promise<string[]> => {
  const { pages } = await sources().open(source, window);
  const all: string[] = [];
  for await (const page of pages) all.push(...page);
  return all;
};

/** How a pull fails. */
export const failureOf = async (work: Promise<unknown>): Promise<SourceFailed> => {
  const failure = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (failure instanceof SourceFailed) return failure;
  throw new Error('it did not fail as a source does', { cause: failure });
};
