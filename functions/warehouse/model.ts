import * as z from 'zod';
import { Column } from '../values/index.ts';

/** How KPI rows become items; from `config(meta={'kpi': …})` of a model under `sql/kpis/`. */
export const KpiShape = z.object({
  /** Key templates over the row's columns, e.g. `DAY#{listen_date}`. */
  pk: z.string(),
  sk: z.string(),
  /** `versioned`: items under a version and a pointer that is moved last; `latest`: newest sequence wins; `series`: one item a key, conditional on seq. */
  publish: z.enum(['pointer', 'versioned', 'latest', 'series']),
  /** Nested lists: rows of another KPI model, joined on `by`, in the order of `order`, under the attribute `as`. */
  lists: z
    .array(z.object({ from: z.string(), as: z.string(), by: z.array(z.string()), order: z.string() }))
    .default([]),
  /** Columns that are not attributes of the item. */
  omit: z.array(z.string()).default([]),
});
export type KpiShape = z.infer<typeof KpiShape>;

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
