import type { ColumnLimits } from './column-limits.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';
import type { CsvDialect } from './csv-dialect.ts';
import type { SilverColumn } from './silver-columns.ts';
import type { Unnamed } from './unnamed.ts';

/** Files that are samples of one dataset. */
export type Samples = { readonly dataset: string; readonly paths: readonly string[] };

/** How reliable a guess is: `low` is based on hardly any values, `high` on a hundred or more that agree. */
export type Confidence = 'high' | 'medium' | 'low';

/** One column of the inferred manifest. */
export type InferredColumn = {
  /** In the file: a column's name, or a path in its records. */
  readonly name: string;
  /** In the manifest. */
  readonly field: string;
  readonly type: ColumnType;
  readonly limits: ColumnLimits;
  readonly required: boolean;
  /** The kind of personal data it may hold. */
  readonly personal?: string;
  /** Absent if silver does not have it, for example if it is in an array that silver does not explode. */
  readonly silver?: SilverColumn;
  readonly confidence: Confidence;
  readonly profile: ColumnProfile;
};

/** Columns that identify a row of a file. */
export type InferredKey = {
  /** Their names in the file. */
  readonly columns: readonly string[];
  /** `found`: unique in each file; `event`: the same, with a timestamp among the columns; `none`: not unique, or not known. */
  readonly kind: 'found' | 'event' | 'none';
};

/** Everything learned of a dataset before it was validated. */
export type InferredTable = {
  readonly dataset: string;
  readonly paths: readonly string[];
  readonly format: 'csv' | 'jsonl' | 'json' | 'parquet';
  /** CSV only. */
  readonly dialect?: CsvDialect;
  readonly columns: readonly InferredColumn[];
  readonly key: InferredKey;
  readonly rows: number;
  /** A file lacks a column that another file has. */
  readonly isRagged: boolean;
  /** The field names of the array of objects that silver explodes into one row per element. */
  readonly exploded?: string;
  /** Columns and places in records that a manifest cannot name. */
  readonly beyond: readonly Unnamed[];
};
