import * as z from 'zod';
import { CompiledRuleset, RuleViolation } from '../quality/index.ts';
import { FileFacts } from '../validation/index.ts';
import { SilverTable } from '../values/index.ts';

/** The input and the result of a run. A spec is written once and defines the batch. */

const Version = z.object({ key: z.string(), version: z.string() });

/** One file of a batch; its `key` is the `landed_file` of its rows, and rows of `<key>#…` are its repairs. */
export const SpecFile = Version.extend({
  /** For a repair: the key where it landed. Its rows belong to another file, whose key is the beginning of `key`. */
  object_key: z.string().optional(),
  /**
   * The object that is read instead of the landed file: the copy of its accepted records or its archived bytes; it never
   * changes.
   */
  clean_key: z.string().optional(),
  /** This version is already published: its rows are replaced, and those of its repairs, `<key>#…`, stay. */
  reprocessed: z.boolean().optional(),
  /** ISO 8601 UTC, from S3. */
  landed_at: z.string(),
  /** Facts of the bytes that are read. */
  facts: FileFacts,
});
export type SpecFile = z.infer<typeof SpecFile>;

/** The file version in the ledger. */
export const inLedger = ({ key, object_key, version }: SpecFile): { key: string; version: string } => ({
  key: object_key ?? key,
  version,
});

/** `runs/<batch>/transform.spec.json`. */
export const TransformSpec = z.object({
  kind: z.literal('transform'),
  batch: z.string(),
  dataset: z.string(),
  fence: z.number().int(),
  manifest_sha256: z.string(),
  files: z.array(SpecFile),
  /**
   * The manifest's columns; in the landed relation each is text, an empty field is NULL. Paths of formats other than CSV are
   * under their first key: `address.city` in a struct of texts, `tags[]` in a list of texts, `items[].price` in a list of
   * structs of texts. `unknown_fields` is a JSON object with the texts of columns that the manifest does not name.
   */
  columns: z.array(z.string()),
  /** For columns with another name in the files: that name, or the path in their records. */
  sources: z.record(z.string(), z.string()).optional(),
  /**
   * One select over the relation `landed_<dataset>`, which has the columns above as text and `landed_file`, `landed_version`,
   * `landed_at` (timestamp, UTC), `batch_id`.
   */
  sql: z.string(),
  table: SilverTable,
  /** The rules for the rows of this batch, even if other rules are deployed meanwhile. */
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
  /** One per file of the spec, including files without rows. */
  files: z.array(Version.extend({ read: z.number().int(), staged: z.number().int() })),
});
export type TransformResult = z.infer<typeof TransformResult>;

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
      /** As in the spec of the transform: its repairs stay. */
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

/** `runs/<id>/tables.spec.json`: the silver tables of a deployed version. */
export const TablesSpec = z.object({
  kind: z.literal('tables'),
  id: z.string(),
  /** By dataset. */
  tables: z.record(z.string(), SilverTable),
});
export type TablesSpec = z.infer<typeof TablesSpec>;

/** `runs/<id>/tables.result.json`, written with If-None-Match after all tables have their columns. */
export const TablesResult = z.object({ id: z.string(), run: z.string(), tables: z.array(z.string()) });
export type TablesResult = z.infer<typeof TablesResult>;

/** Runs of an older version use the name failures for violations. */
const newName = (file: unknown): unknown =>
  typeof file === 'object' && file !== null && 'failures' in file
    ? { violations: file.failures, ...file }
    : file;

/** `runs/<batch>/quality.result.json`, written with If-None-Match after the rows are published. */
export const QualityResult = z.object({
  batch: z.string(),
  run: z.string(),
  files: z.array(
    z.preprocess(
      newName,
      Version.extend({
        outcome: z.enum(['published', 'rejected']),
        rows: z.number().int(),
        violations: z.array(RuleViolation),
      }),
    ),
  ),
});
export type QualityResult = z.infer<typeof QualityResult>;

/**
 * Start of the message of a quality run that found its batch not published; any other message leaves that open. Services may
 * put their own words before it.
 */
export const unpublished = 'not published: ';
export const saysUnpublished = (message: string): boolean => message.includes(unpublished);
