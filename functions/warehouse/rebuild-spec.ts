import * as z from 'zod';
import { Column } from '../values/index.ts';
import { KpiShape } from './model.ts';

/**
 * `runs/<rebuild>/rebuild.spec.json`: everything that a rebuild of a mart sends, and how its unloaded rows become KPI items.
 */
export const RebuildSpec = z.object({
  rebuild: z.string(),
  mart: z.string(),
  seq: z.number().int(),
  batches: z.array(z.string()),
  /** Correlation ids of the files that it publishes, the first landed first, as far as they are known. */
  correlation_ids: z.array(z.string()).optional(),
  /** When it was composed, ISO 8601 UTC: the `as_of` of its KPIs. */
  as_of: z.string(),
  /** Prefix in the lake under which each KPI model and the failed checks are unloaded as JSON lines. */
  unload: z.string(),
  /** Earlier transactions, if one is not enough; each is sent after the one before it is committed. */
  before: z
    .array(
      z.object({
        step: z.literal('gold'),
        statements: z.array(z.string()),
        paths: z.array(z.string()),
      }),
    )
    .default([]),
  /** The last transaction, after which the KPIs are written. */
  statements: z.array(z.string()),
  /** For each statement the file of `sql/` that it runs; empty if it is not exactly one file. */
  paths: z.array(z.string()).optional(),
  /**
   * Sequence of the last rebuild whose KPIs are published, 0 if there is none: this rebuild also unloads what later ones
   * touched.
   */
  shown: z.number().int().default(0),
  /** The number in the keys of its `latest` items: its own sequence, or that of an earlier rebuild, whose items it replaces in place. */
  generation: z.number().int().optional(),
  /** Generations since then in which items may be written in part. */
  unshown: z.array(z.number().int()).default([]),
  /** `columns` say how unloaded values are read. */
  kpis: z.array(
    z.object({ model: z.string(), shapes: z.array(KpiShape), columns: z.array(Column).default([]) }),
  ),
  /** The state of gold after it is applied: for each model the hash of its text. */
  applied: z.object({ models: z.record(z.string(), z.object({ hash: z.string() })) }),
});
export type RebuildSpec = z.infer<typeof RebuildSpec>;
