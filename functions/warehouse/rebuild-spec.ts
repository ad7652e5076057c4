import * as z from 'zod';
import { Column } from '../values/index.ts';
import { KpiShape } from './model.ts';

/** `runs/<rebuild>/rebuild.spec.json`: all that a rebuild of a mart sends, and how its unloaded rows become KPI items. */
export const RebuildSpec = z.object({
  rebuild: z.string(),
  mart: z.string(),
  seq: z.number().int(),
  batches: z.array(z.string()),
  /** When it was composed, ISO 8601 UTC: the `as_of` of its KPIs. */
  as_of: z.string(),
  /** Prefix in the lake under which each KPI model and the failed checks are unloaded as JSON lines. */
  unload: z.string(),
  /** Transactions that go before, each once the one before it is committed, where all does not fit into one. */
  before: z
    .array(
      z.object({
        /** `shape` makes new tables, `gold` brings the tables up to date. */
        step: z.enum(['shape', 'gold']),
        statements: z.array(z.string()),
        paths: z.array(z.string()),
      }),
    )
    .default([]),
  /** The last transaction, after which the KPIs are written. */
  statements: z.array(z.string()),
  /** For each statement the file of `sql/` that it runs, as far as it is one file; else empty. */
  paths: z.array(z.string()).optional(),
  /** Of the last rebuild whose KPIs are out, 0 when there is none: whatever later ones touched, this one unloads. */
  shown: z.number().int().default(0),
  /** The number in the keys of its `latest` items: its own sequence, or that of an earlier rebuild, whose items it replaces in place. */
  generation: z.number().int().optional(),
  /** Generations since then in which items may be written in part. */
  unshown: z.array(z.number().int()).default([]),
  kpis: z.array(z.object({ model: z.string(), shapes: z.array(KpiShape) })),
  /** What gold holds once it is applied: tables of bookkeeping, and for each model its hash and columns. */
  applied: z.object({
    bookkeeping: z.array(z.string()).default([]),
    models: z.record(z.string(), z.object({ hash: z.string(), columns: z.array(Column) })),
  }),
});
export type RebuildSpec = z.infer<typeof RebuildSpec>;
