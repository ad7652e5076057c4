import type { ColumnLimits } from './column-limits.ts';
import type { ColumnProfile } from './column-profile.ts';
import type { ColumnType } from './column-type.ts';
import type { CsvDialect } from './csv-dialect.ts';
import type { SilverColumn } from './silver-columns.ts';
import type { Unnamed } from './unnamed.ts';

/** Files that are samples of one dataset. */
export type Samples = { readonly dataset: string; readonly paths: readonly string[] };

/** How much a guess can be trusted: `low` has next to nothing to go by, `high` a hundred values or more that agree. */
export type Confidence = 'high' | 'medium' | 'low';

/** One column as it goes into the manifest. */
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
  /** Absent where silver does not have it, such as for another array than the one that it takes apart. */
  readonly silver?: SilverColumn;
  readonly confidence: Confidence;
  readonly profile: ColumnProfile;
};

/** Columns that tell one row of a file from another. */
export type InferredKey = {
  /** Their names in the file. */
  readonly columns: readonly string[];
  /** `found`: no two rows of a file share it; `event`: so too, with a moment in it; `none`: they do, or nothing is known. */
  readonly kind: 'found' | 'event' | 'none';
};

/** All that was learned of a dataset before it was validated. */
export type InferredTable = {
  readonly dataset: string;
  readonly paths: readonly string[];
  readonly format: 'csv' | 'jsonl' | 'json' | 'parquet';
  /** Of CSV. */
  readonly dialect?: CsvDialect;
  readonly columns: readonly InferredColumn[];
  readonly key: InferredKey;
  readonly rows: number;
  /** Some file lacks a column that another one has. */
  readonly isRagged: boolean;
  /** The array of objects, by the name of its fields, that silver has a row for each element of. */
  readonly exploded?: string;
  /** Columns and places in records that no manifest can name. */
  readonly beyond: readonly Unnamed[];
};
