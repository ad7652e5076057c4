import type { TimeFormat } from './time.ts';

/** Type of a column's values; a `timestamp` and a `date` know how they are written. */
export type FieldType =
  | { readonly kind: 'int' | 'string' | 'float' | 'bool' | 'timestamptz' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp' | 'date'; readonly format: TimeFormat };

/** One column of a manifest; bounds and allowed values are texts as they would stand in a file. */
export type Field = {
  readonly name: string;
  /** The column of the file that holds it, or its path in a record; the same as its name unless the manifest says otherwise. */
  readonly from: string;
  /** As the manifest says it, e.g. `decimal(10,2)`. */
  readonly type_name: string;
  readonly type: FieldType;
  readonly required: boolean;
  readonly min?: string | undefined;
  readonly max?: string | undefined;
  readonly min_length?: number | undefined;
  readonly max_length?: number | undefined;
  readonly pattern?: string | undefined;
  readonly one_of?: readonly string[] | undefined;
  readonly pii: boolean;
};
