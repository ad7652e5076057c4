import { redshiftReservedWords } from '../../functions/values/index.ts';

/**
 * Words that cannot be plain column names in PostgreSQL (whose parser checks all SQL), DuckDB or Redshift (Spark allows any),
 * and names that the lake and its macros use.
 */
export const reservedWords: ReadonlySet<string> = new Set([
  ...redshiftReservedWords(),
  ...`anti asof asymmetric at by cmax cmin collation concurrently ctid current_catalog current_role current_schema describe fetch
  float glob lambda language lateral pivot_longer pivot_wider positional qualify returning semi show summarize symmetric
  system_user tableoid tablesample unpack values variadic window xmax xmin
  batch_id item item_number landed landed_at landed_file landed_version unknown_fields`.split(/\s+/),
]);
