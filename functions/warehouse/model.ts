import * as z from 'zod';
import { Column } from '../values/index.ts';

/** How KPI rows become items; from `config(meta={'kpi': …})` of a model under `sql/kpis/`. */
export const KpiShape = z.object({
  /** Key templates over the row's columns, e.g. `DAY#{listen_date}`. */
  pk: z.string(),
  sk: z.string(),
  /**
   * `versioned`: items under a version, and a pointer that is moved last; `latest`: the newest sequence wins; `series`: one
   * item per key, conditional on seq.
   */
  publish: z.enum(['pointer', 'versioned', 'latest', 'series']),
  /** Nested lists: rows of another KPI model, joined on `by`, sorted by `order`, in the attribute `as`. */
  lists: z
    .array(z.object({ from: z.string(), as: z.string(), by: z.array(z.string()), order: z.string() }))
    .default([]),
  /** Columns that are not attributes of the item. */
  omit: z.array(z.string()).default([]),
});
export type KpiShape = z.infer<typeof KpiShape>;

/** A common table expression of a select; no other model has one of that name. */
const Inner = z.object({ name: z.string(), sql: z.string() });

/**
 * Common to all relations of the warehouse: one select, rendered for full and for incremental use. A select has no `with`: its
 * common table expressions are apart, each after those that it reads.
 */
const Relation = z.object({
  name: z.string(),
  mart: z.string(),
  /** Of a view it also has what others define without a table. */
  sql: z.string(),
  relations: z.array(Inner).optional(),
  /** The same with `is_incremental()` true; equal if there is no difference. */
  incremental_sql: z.string(),
  incremental_relations: z.array(Inner).optional(),
  columns: z.array(Column),
  key: z.array(z.string()),
  refs: z.array(z.string()),
  /** Silver datasets that it reads directly. */
  sources: z.array(z.string()),
  /** Its file, such as `sql/marts/fact_listens.sql`. */
  path: z.string().default(''),
  /** Columns whose values may be personal; they are never in a message or a report. */
  personal: z.array(z.string()).default([]),
  /** Of its SQL and of everything that it reads. */
  hash: z.string(),
});

export const Staging = Relation.extend({ kind: z.literal('staging') });

export const View = Relation.extend({
  kind: z.literal('view'),
  /** The warehouse stores its rows and refreshes them after its tables have changed. */
  stored: z.boolean().optional(),
});
export type View = z.infer<typeof View>;

export const Check = Relation.extend({
  kind: z.literal('check'),
  severity: z.enum(['error', 'warn']).default('error'),
});

export type Check = z.infer<typeof Check>;

export const Dimension = Relation.extend({
  kind: z.literal('dimension'),
  /** Rows that share these columns are replaced together. */
  natural_key: z.array(z.string()).min(1),
});
export type Dimension = z.infer<typeof Dimension>;

export const Fact = Relation.extend({
  kind: z.literal('fact'),
  /** The column by which it is replaced. */
  partition: z.string().min(1),
  /** The staging model whose rows become the fact's. */
  reads: z.string().min(1),
  /**
   * For each dimension that the fact or one of its KPIs joins: the columns of its natural key, on the fact, on staging or on
   * both.
   */
  dimensions: z.record(z.string(), z.array(z.string())).default({}),
  /** Models that the fact or one of its KPIs reads in any other way, each with its readers: any row may change with them. */
  whole: z.record(z.string(), z.array(z.string())).default({}),
});
export type Fact = z.infer<typeof Fact>;

export const Kpi = Relation.extend({
  kind: z.literal('kpi'),
  /** The fact that it is computed from. */
  fact: z.string().min(1),
  /** The column of the fact by which its items are replaced. */
  partition: z.string().min(1),
  /** The fact's columns whose values it must have rows for. */
  spine: z.array(z.string()).min(1),
  /** One row may become several items; empty for models whose rows are only in the lists of others. */
  kpi: z.array(KpiShape).default([]),
});
export type Kpi = z.infer<typeof Kpi>;

/** One relation of the warehouse, by its kind. */
export const Model = z.discriminatedUnion('kind', [Staging, Dimension, Fact, Kpi, View, Check]);
export type Model = z.infer<typeof Model>;

/** A model of one kind. */
export type ModelOf<Kind extends Model['kind']> = Extract<Model, { readonly kind: Kind }>;

/** Models that are rebuilt together, in order of their references. */
export const Mart = z.object({
  name: z.string(),
  /** Datasets whose batches wake it. */
  datasets: z.array(z.string()),
  models: z.array(Model),
  hash: z.string(),
  /** Of the definitions of its tables and views: a migration gives them to gold. */
  tables_hash: z.string(),
});
export type Mart = z.infer<typeof Mart>;
