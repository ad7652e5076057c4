import * as z from 'zod';
import { Source } from '../sources/index.ts';
import { SilverTable } from '../values/index.ts';
import { Mart } from '../warehouse/index.ts';

/** What was rendered from `rules/` and `sql/` when packaging; each function's bundle includes it as `#catalog`. */

/** One dataset: its silver SQL rendered for the engine, its ruleset as written. */
export const Dataset = z.object({
  sql: z.string(),
  table: SilverTable,
  ruleset: z.string(),
  /** Hash of the manifest that was rendered with it. */
  manifest_sha256: z.string().optional(),
  /** Descriptions from the manifest for the columns that are its fields. */
  descriptions: z.record(z.string(), z.string()).optional(),
  /** Where its records are pulled from; absent if its files land by other ways. */
  source: Source.optional(),
});
export type Dataset = z.infer<typeof Dataset>;

/** What jobs of batches need. */
export const SilverCatalog = z.object({
  /** The engine of silver's SQL and the rules. */
  engine: z.enum(['duckdb', 'spark']),
  datasets: z.record(z.string(), Dataset),
});
export type SilverCatalog = z.infer<typeof SilverCatalog>;

export const Catalog = SilverCatalog.extend({
  /** The engine of the models. */
  target: z.enum(['duckdb', 'redshift']),
  marts: z.record(z.string(), Mart),
});
export type Catalog = z.infer<typeof Catalog>;
