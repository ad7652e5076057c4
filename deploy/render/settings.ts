import * as z from 'zod';
import { KpiShape, widestSpine } from '../../functions/warehouse/index.ts';

/** The settings of a SQL file under `meta` in its `config()`; an unknown word is rejected. */
const Meta = z.strictObject({
  key: z.array(z.string()).default([]),
  /** For a silver table a transform such as `days(listen_time)`; for a fact or a KPI a column. */
  partition: z.string().optional(),
  order: z.array(z.string()).optional(),
  /** For a silver table: fields of the manifest that it does not read, on purpose. */
  omit: z.array(z.string()).default([]),
  /** For a silver table: columns that are made of personal fields and tell nothing of a person. */
  public: z.array(z.string()).default([]),
  mart: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .optional(),
  /** For a dimension: rows with the same value are replaced together; default: its key. */
  natural_key: z.array(z.string()).optional(),
  /** For a fact: the staging model it is made from, if it refers to several. */
  reads: z.string().optional(),
  /** For a fact: the columns with a dimension's natural key, if they have other names. */
  dimensions: z.record(z.string(), z.array(z.string())).default({}),
  /** For a KPI: the fact's columns whose values it must have rows for; default: its partition. */
  spine: z.array(z.string()).max(widestSpine).optional(),
  kpi: z.array(KpiShape.strict()).default([]),
});

/** A file's `config()`: the dbt settings that matter here, and `meta`. */
export const Settings = z
  .object({
    materialized: z.enum(['table', 'view', 'materialized_view', 'incremental', 'ephemeral']).optional(),
    severity: z.enum(['error', 'warn']).default('error'),
    key: z.array(z.string()).optional(),
    partition: z.string().optional(),
    order: z.array(z.string()).optional(),
    meta: Meta.prefault({}),
  })
  .transform(({ materialized, severity, meta, ...direct }) => ({
    ...meta,
    ...Object.fromEntries(Object.entries(direct).filter(([, value]) => value !== undefined)),
    materialized,
    severity,
  }));
export type Settings = z.infer<typeof Settings>;
