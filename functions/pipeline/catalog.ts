import * as z from 'zod';
import { KpiShape, SilverTable } from './spec.ts';

/** What was rendered from `rules/` and `sql/` when packaging; it rides in every function's bundle as `#catalog`. */

const Column = z.object({ name: z.string(), type: z.string() });

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

/** One relation of the warehouse: one select, rendered for full and for incremental use. */
export const Model = z.object({
  name: z.string(),
  kind: z.enum(['staging', 'dimension', 'fact', 'kpi', 'view', 'check']),
  mart: z.string(),
  sql: z.string(),
  /** The same with `is_incremental()` true; equal to `sql` where the model makes no difference. */
  incremental_sql: z.string(),
  columns: z.array(Column),
  key: z.array(z.string()),
  partition: z.string().optional(),
  refs: z.array(z.string()),
  /** Silver datasets it reads directly. */
  sources: z.array(z.string()),
  severity: z.enum(['error', 'warn']).default('error'),
  /** The file that it stands in, such as `sql/marts/fact_listens.sql`. */
  path: z.string().default(''),
  /** Columns whose values may be personal; they never get into a message or a report. */
  personal: z.array(z.string()).default([]),
  /** One row may become several items; empty for models whose rows only ride in the lists of others. */
  kpi: z.array(KpiShape).default([]),
  /** Of its SQL and of everything above it. */
  hash: z.string(),
  /** Model-specific settings of the incremental rebuild; see `rebuild.ts`. */
  meta: z.record(z.string(), z.unknown()).default({}),
});
export type Model = z.infer<typeof Model>;

/** Models that are rebuilt together, in order of their references. */
export const Mart = z.object({
  name: z.string(),
  /** Datasets whose batches wake it. */
  datasets: z.array(z.string()),
  models: z.array(Model),
  hash: z.string(),
});
export type Mart = z.infer<typeof Mart>;

export const Catalog = z.object({
  /** What runs silver's SQL and the rules. */
  engine: z.enum(['duckdb', 'spark']),
  /** What runs the models. */
  target: z.enum(['duckdb', 'redshift']),
  datasets: z.record(z.string(), Dataset),
  marts: z.record(z.string(), Mart),
});
export type Catalog = z.infer<typeof Catalog>;
