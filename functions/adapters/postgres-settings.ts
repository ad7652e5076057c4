import { type PostgresSource, SourceFailed, withVariables } from '../sources/index.ts';

/** A table or a query of a PostgreSQL database, and how to reach it: its `source.json` with all variables replaced. */
export type PostgresSettings = {
  readonly kind: 'postgres';
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** Where absent, the secret has it as `username`. */
  readonly user?: string | undefined;
  /** Columns that say in which order rows come. */
  readonly order_by: readonly string[];
  /** A date or timestamp: a row comes with the windows that hold it, and with every window where it is NULL. Without it all rows come. */
  readonly window_column?: string | undefined;
  readonly tls: 'verify' | 'off';
  /** Certificates of authorities besides those of Node, as PEM text or as the path of a file. */
  readonly ca?: string | undefined;
  readonly auth:
    | { readonly kind: 'secret'; readonly secret: string }
    | { readonly kind: 'rds_iam'; readonly region?: string | undefined };
  readonly max_record_bytes: number;
  readonly timeouts: {
    readonly connect_ms: number;
    /** For each statement; `page_rows` rows are one, with the time that their reader takes. */
    readonly statement_ms: number;
    /** How long the server waits for the next statement. */
    readonly idle_ms: number;
  };
  /** Rows that one statement asks for. */
  readonly page_rows: number;
} & (
  | {
      readonly schema: string;
      readonly table: string;
      /** All where absent. */
      readonly columns?: readonly string[] | undefined;
      readonly query?: undefined;
    }
  | {
      /** One select. `{from}`, `{to}` and `{after}` are dates: the first day of the window, its last one, and the day after it. */
      readonly query: string;
    }
);

/** Rows that one statement asks for. */
const rowsOfPage = 1_000;
/** How long the server waits for the next statement. */
const idleMs = 60_000;

/** The settings of a source; `env` gives its variables. Throws `SourceFailed`. */
export const postgresSettings = (source: PostgresSource, env: (name: string) => string): PostgresSettings => {
  const given = (text: string): string => withVariables(text, env);
  const { schema, table, columns, query, auth, tls, limits } = source;
  const common = {
    kind: 'postgres' as const,
    host: given(source.host),
    port: portOf(given(String(source.port))),
    database: given(source.database),
    user: source.user === undefined ? undefined : given(source.user),
    order_by: source.order ?? [],
    window_column: source.window_column,
    tls: tls.mode,
    ca: tls.ca === undefined ? undefined : given(tls.ca),
    auth: loginOf(auth, given),
    max_record_bytes: limits.max_record_bytes,
    timeouts: {
      connect_ms: limits.connect_seconds * 1000,
      statement_ms: limits.statement_seconds * 1000,
      idle_ms: idleMs,
    },
    page_rows: rowsOfPage,
  };
  if (query !== undefined) return { ...common, query };
  if (table === undefined) throw new SourceFailed('the source has neither a table nor a query');
  return { ...common, schema, table, columns };
};

const portOf = (text: string): number => {
  const port = Number(text);
  if (Number.isInteger(port) && port > 0 && port < 65_536) return port;
  throw new SourceFailed(`the port of the source is ${JSON.stringify(text)}, which is no port`);
};

const loginOf = (auth: PostgresSource['auth'], given: (text: string) => string): PostgresSettings['auth'] =>
  auth.kind === 'secret'
    ? { kind: 'secret', secret: given(auth.secret) }
    : { kind: 'rds_iam', region: auth.region === undefined ? undefined : given(auth.region) };
