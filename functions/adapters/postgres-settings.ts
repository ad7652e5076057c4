/** A table or a query of a PostgreSQL database, and how to reach it: its `source.json` with all variables replaced. */
export type PostgresSource = {
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
  readonly auth: { readonly kind: 'secret'; readonly secret: string } | { readonly kind: 'rds_iam' };
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
