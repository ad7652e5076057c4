import * as z from 'zod';

/** What a run needs to know, and what it answers. A spec is written once and *is* the batch. */

const Column = z.object({ name: z.string(), type: z.string() });
const Version = z.object({ key: z.string(), version: z.string() });

/** Facts of `validation.ts`, as they ride in a spec. */
export const SpecFacts = z.object({
  format: z.enum(['csv', 'jsonl', 'json', 'parquet']),
  compression: z.enum(['none', 'gzip']),
  bom: z.boolean(),
  delimiter: z.string(),
  quote: z.string(),
  header: z.array(z.string()),
  line_end: z.enum(['lf', 'crlf', 'mixed']),
  multiline: z.boolean(),
  records: z.number().int(),
  bytes: z.number().int(),
  sha256: z.string(),
});

/** One file of a batch; its `key` stands in its rows as `landed_file`, and the rows of `<key>#…` hang on it. */
export const SpecFile = Version.extend({
  /** Where it landed, for a repair: its rows belong to another file, whose key `key` begins with. */
  object_key: z.string().optional(),
  /** What is read instead of what landed, the copy of its valid records or its archived bytes; it never changes. */
  clean_key: z.string().optional(),
  /** This very version is published already: its rows are replaced, and the rows of `<key>#…` stay. */
  reprocessed: z.boolean().optional(),
  /** ISO 8601 UTC, from S3. */
  landed_at: z.string(),
  /** Of the bytes that are to be read. */
  facts: SpecFacts,
});
export type SpecFile = z.infer<typeof SpecFile>;

/** The file version as the ledger knows it. */
export const inLedger = ({ key, object_key, version }: SpecFile): { key: string; version: string } => ({
  key: object_key ?? key,
  version,
});

/** How a silver table is laid out, from the `config()` of `sql/silver/<dataset>.sql`. */
export const SilverTable = z.object({
  key: z.array(z.string()),
  /** A partition transform such as `days(listen_time)`; engines without partitions ignore it. */
  partition: z.string().optional(),
  order: z.array(z.string()),
  /** Output columns of the silver SQL with their portable types, lineage included. */
  columns: z.array(Column),
});
export type SilverTable = z.infer<typeof SilverTable>;

/** `runs/<batch>/transform.spec.json`. */
export const TransformSpec = z.object({
  kind: z.literal('transform'),
  batch: z.string(),
  dataset: z.string(),
  fence: z.number().int(),
  manifest_sha256: z.string(),
  files: z.array(SpecFile),
  /**
   * The manifest's columns; the landed relation has each as text, an empty field as NULL. Paths of other formats than
   * CSV arrive under their first key: `address.city` as a struct of texts, `tags[]` as a list of texts, `items[].price` as
   * a list of structs of texts. `unknown_fields` is a JSON object of the texts of columns that the manifest does not name.
   */
  columns: z.array(z.string()),
  /** The column of the files, or the path in their records, of those columns that are taken from another name. */
  sources: z.record(z.string(), z.string()).optional(),
  /** One select over the relation `landed_<dataset>`: the columns above as text and `landed_file`, `landed_version`, `landed_at` (timestamp, UTC), `batch_id`. */
  sql: z.string(),
  table: SilverTable,
  /** The rules as written; those that the rows of this batch meet, whatever is deployed meanwhile. */
  ruleset: z.string().optional(),
  /** Hash of manifest, SQL and rules. */
  made_by: z.string().optional(),
});
export type TransformSpec = z.infer<typeof TransformSpec>;

/** `runs/<batch>/transform.result.json`, written with If-None-Match: the first run counts. */
export const TransformResult = z.object({
  batch: z.string(),
  run: z.string(),
  /** Prefix of the staged Parquet, in `staging/<batch>/<run>/`. */
  staged: z.string(),
  /** One per file of the spec, also when it holds no rows. */
  files: z.array(Version.extend({ read: z.number().int(), staged: z.number().int() })),
});
export type TransformResult = z.infer<typeof TransformResult>;

/** A ruleset compiled to SQL by `dqdl/compile.ts`; engines run it and understand nothing of rules. */
export const CompiledRuleset = z.object({
  /** `number` counts from 1 in the order of the ruleset; `text` is the rule as written. */
  rules: z.array(z.object({ number: z.number().int(), text: z.string() })),
  /**
   * CustomSql, run once per file: the relation `primary` holds the rows of that file alone. Each is one select giving
   * exactly one row (metric double precision or NULL, passed boolean); the engine collects them into the relation
   * `custom_outcomes` (landed_file varchar, atom int, metric double, passed boolean), which exists also when empty.
   */
  customs: z.array(z.object({ atom: z.number().int(), sql: z.string() })),
  /**
   * One select over `staged`, `batch_files` (landed_file, landed_version varchar, landed_at timestamp) and `custom_outcomes`: one row for each file of
   * `batch_files` and rule: landed_file, rule_number int, passed boolean, metric varchar (a readable figure or NULL).
   */
  outcomes: z.string(),
  /** For rules that speak of single rows: a select over `staged` of offending rows (all columns of `staged`), not limited; the engine filters by landed_file and takes five. */
  examples: z.array(z.object({ number: z.number().int(), sql: z.string() })),
  /** Other silver tables that ReferentialIntegrity needs; the engine offers each as the relation `silver_<name>`. */
  references: z.array(z.string()),
});
export type CompiledRuleset = z.infer<typeof CompiledRuleset>;

/** `runs/<batch>/quality.spec.json`. */
export const QualitySpec = z.object({
  kind: z.literal('quality'),
  batch: z.string(),
  dataset: z.string(),
  fence: z.number().int(),
  files: z.array(
    Version.extend({
      landed_at: z.string(),
      records: z.number().int(),
      staged: z.number().int(),
      /** As in the spec of the transform: rows that hang on it stay. */
      reprocessed: z.boolean().optional(),
    }),
  ),
  staged: z.string(),
  ruleset: CompiledRuleset,
  table: SilverTable,
  /** Columns whose values never leave the lake: example rows show `***` instead. */
  pii: z.array(z.string()),
});
export type QualitySpec = z.infer<typeof QualitySpec>;

/** A rule that a file broke. */
export const RuleFailure = z.object({
  rule: z.string(),
  metric: z.string().nullable(),
  examples: z.array(z.record(z.string(), z.string().nullable())),
});
export type RuleFailure = z.infer<typeof RuleFailure>;

/** `runs/<batch>/quality.result.json`, written with If-None-Match after the rows are published. */
export const QualityResult = z.object({
  batch: z.string(),
  run: z.string(),
  files: z.array(
    Version.extend({
      outcome: z.enum(['published', 'rejected']),
      rows: z.number().int(),
      failures: z.array(RuleFailure),
    }),
  ),
});
export type QualityResult = z.infer<typeof QualityResult>;

/**
 * What a quality run says when it has looked and the batch is not published; any other end of it says nothing of that. Services
 * put words of their own before it.
 */
export const unpublished = 'not published: ';
export const saysUnpublished = (message: string): boolean => message.includes(unpublished);

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
  /** Sequences since then under which KPIs may be written in part. */
  unshown: z.array(z.number().int()).default([]),
  kpis: z.array(z.object({ model: z.string(), shapes: z.array(KpiShape) })),
  /** What gold holds once it is applied: tables of bookkeeping, and for each model its hash and columns. */
  applied: z.object({
    bookkeeping: z.array(z.string()).default([]),
    models: z.record(z.string(), z.object({ hash: z.string(), columns: z.array(Column) })),
  }),
});
export type RebuildSpec = z.infer<typeof RebuildSpec>;
