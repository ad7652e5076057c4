import * as z from 'zod';
import { KpiShape, widestSpine } from '../../functions/warehouse/index.ts';

/** What a SQL file may say of itself under `meta` in its `config()`; an unknown word is rejected. */
const Meta = z.strictObject({
  key: z.array(z.string()).default([]),
  /** Of a silver table a transform such as `days(listen_time)`; of a fact or a KPI a column. */
  partition: z.string().optional(),
  order: z.array(z.string()).optional(),
  /** Of a silver table: fields of the manifest that it does not read, on purpose. */
  omit: z.array(z.string()).default([]),
  mart: z
    .string()
    .regex(/^[a-z][a-z0-9_]*$/)
    .optional(),
  /** Of a dimension: rows that share it are replaced together; its key when absent. */
  natural_key: z.array(z.string()).optional(),
  /** Of a fact: the staging model it is made from, when it refers to several. */
  reads: z.string().optional(),
  /** Of a fact: for a dimension, the fact's columns that hold its natural key, when they are named otherwise. */
  dimensions: z.record(z.string(), z.array(z.string())).default({}),
  /** Of a KPI: the fact's columns whose values it has to speak of; its partition when absent. */
  spine: z.array(z.string()).max(widestSpine).optional(),
  kpi: z.array(KpiShape.strict()).default([]),
});

/** What the project makes of a file's `config()`: dbt's own words that matter here, and `meta`. */
export const Settings = z
  .object({
    materialized: z.enum(['table', 'view', 'incremental', 'ephemeral']).optional(),
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
