import * as z from 'zod';
import { CompiledRuleset, RuleViolation } from '../quality/index.ts';
import { SilverTable } from '../values/index.ts';

/** What a run needs to know, and what it answers. A spec is written once and *is* the batch. */

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

/** A run of an older version calls the rules that a file broke failures. */
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
 * What a quality run says when it has looked and the batch is not published; any other end of it says nothing of that. Services
 * put words of their own before it.
 */
export const unpublished = 'not published: ';
export const saysUnpublished = (message: string): boolean => message.includes(unpublished);
