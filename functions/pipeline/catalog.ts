import * as z from 'zod';
import { SilverTable } from '../values/index.ts';
import { Mart } from '../warehouse/index.ts';

/** What was rendered from `rules/` and `sql/` when packaging; it rides in every function's bundle as `#catalog`. */

/** One dataset: its silver SQL rendered for the engine, its ruleset as written. */
export const Dataset = z.object({
  sql: z.string(),
  table: SilverTable,
  ruleset: z.string(),
  /** Of the manifest that was rendered with it. */
  manifest_sha256: z.string().optional(),
  /** What the manifest says of the fields that its columns are, for people. */
  descriptions: z.record(z.string(), z.string()).optional(),
});
export type Dataset = z.infer<typeof Dataset>;

export const Catalog = z.object({
  /** What runs silver's SQL and the rules. */
  engine: z.enum(['duckdb', 'spark']),
  /** What runs the models. */
  target: z.enum(['duckdb', 'redshift']),
  datasets: z.record(z.string(), Dataset),
  marts: z.record(z.string(), Mart),
});
export type Catalog = z.infer<typeof Catalog>;
