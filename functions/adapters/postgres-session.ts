import { readFile } from 'node:fs/promises';
import * as tls from 'node:tls';
import pg from 'pg';
import type { Statement } from './postgres-query.ts';
import type { PostgresSettings } from './postgres-settings.ts';

/** One session of a PostgreSQL server; every wait for an answer is bounded. */
export type Session = {
  readonly client: pg.Client;
  /** Runs one statement; its rows are small. */
  ask(statement: Asked): Promise<readonly (readonly string[])[]>;
  /** Names of the columns of a statement's result. */
  columns(statement: Asked): Promise<readonly string[]>;
  /** The server's system identifier; undefined if this user may not ask for it. */
  identity(): Promise<string | undefined>;
  /** Waits for something that the server has to send, and breaks the connection when that takes too long. */
  waitFor<Answer>(answer: Promise<Answer>): Promise<Answer>;
  /** Why the connection broke, where this error only says that it is no more. */
  causeOf(error: unknown): unknown;
};

type Asked = Pick<Statement, 'sql'> & Partial<Statement>;

/** Milliseconds that the client waits beyond the server's own time limit, so that the server can say what happened. */
const grace = 5_000;

/**
 * What a row's text depends on, the same on every server: exact numbers, times in UTC. A name without schema finds only
 * PostgreSQL's own objects, and a policy that would hide rows from this user is an error. Behind a pooler the session belongs to
 * others afterwards, so they hold for one transaction only.
 */
const settings = [
  'default_transaction_read_only = on',
  'search_path = pg_catalog, pg_temp',
  'row_security = off',
  'extra_float_digits = 3',
  "timezone = 'UTC'",
  "datestyle = 'ISO, YMD'",
  "intervalstyle = 'iso_8601'",
  "bytea_output = 'hex'",
  "lc_monetary = 'C'",
  // All rows of the cursor are fetched, not the first ones only.
  'cursor_tuple_fraction = 1',
];

/** Connects to the source's database. Throws what the driver throws; nothing of that holds the password. */
export const openSession = async (
  source: PostgresSettings,
  user: string,
  password: string,
): Promise<Session> => {
  const { host, port, database, timeouts } = source;
  const client = new pg.Client({
    host,
    port,
    database,
    user,
    password,
    application_name: 'soundcheck',
    connectionTimeoutMillis: timeouts.connect_ms,
    keepAlive: true,
    keepAliveInitialDelayMillis: 10_000,
    ssl: await tlsOf(source),
  });
  const session = sessionOf(client, timeouts.statement_ms + grace);
  try {
    await client.connect();
  } catch (error) {
    await closeSession(session);
    throw error;
  }
  return session;
};

/** Node's own certificates count too: a list of one's own replaces them. */
const tlsOf = async ({ tls: mode, ca }: PostgresSettings): Promise<tls.ConnectionOptions | false> => {
  if (mode === 'off') return false;
  if (ca === undefined) return { rejectUnauthorized: true };
  const given = ca.includes('-----BEGIN') ? ca : await readFile(ca, 'utf8');
  return { rejectUnauthorized: true, ca: [...tls.rootCertificates, given] };
};

const sessionOf = (client: pg.Client, waitMs: number): Session => {
  let lost: Error | undefined;
  // Without a listener a connection that breaks between two statements would end the process.
  client.on('error', (error) => {
    lost ??= error;
  });
  const waitFor = async <Answer>(answer: Promise<Answer>): Promise<Answer> => {
    const silent = new Error(`the server sent nothing for ${waitMs} ms`);
    const timer = setTimeout(() => client.connection.stream.destroy(silent), waitMs);
    try {
      return await answer;
    } finally {
      clearTimeout(timer);
    }
  };
  const query = ({ sql, values = [] }: Asked) =>
    waitFor(client.query<string[]>({ text: sql, values: [...values], rowMode: 'array' }));
  return {
    client,
    ask: async (statement) => (await query(statement)).rows,
    columns: async (statement) => (await query(statement)).fields.map(({ name }) => name),
    identity: async () => {
      try {
        const { rows } = await query({
          sql: 'select system_identifier::text from pg_catalog.pg_control_system()',
        });
        return rows[0]?.[0];
      } catch (error) {
        if (error instanceof pg.DatabaseError && unanswered.has(error.code ?? '')) return undefined;
        throw error;
      }
    },
    waitFor,
    causeOf: (error) => (error instanceof pg.DatabaseError ? error : (lost ?? error)),
  };
};

/** Permission denied, no such function. */
const unanswered = new Set(['42501', '42883']);

/** Begins the transaction of a pull: one snapshot, which can only be read. Throws `NoEncoding`. */
export const beginReading = async ({ ask }: Session, { timeouts }: PostgresSettings): Promise<void> => {
  await ask({ sql: 'begin isolation level repeatable read read only' });
  const limits = [
    `statement_timeout = ${Math.ceil(timeouts.statement_ms)}`,
    `idle_in_transaction_session_timeout = ${Math.ceil(timeouts.idle_ms)}`,
  ];
  for (const setting of [...limits, ...settings]) await ask({ sql: `set local ${setting}` });
  const [row] = await ask({ sql: 'show server_encoding' });
  if (row?.[0] === 'SQL_ASCII') throw new NoEncoding();
};

/** The texts of a database may be in any encoding. */
export class NoEncoding extends Error {
  override readonly name = 'NoEncoding';
  constructor() {
    super('the database has the encoding SQL_ASCII, so its texts have none; move it to a database in UTF8');
  }
}

const closeMs = 5_000;

/** Ends a session, whatever it is doing; may be repeated. */
export const closeSession = async ({ client }: Session): Promise<void> => {
  const { stream } = client.connection;
  const lastResort = setTimeout(() => stream.destroy(), closeMs);
  await client.end().catch(() => undefined);
  clearTimeout(lastResort);
};
