import type { TimeFormat } from './time.ts';

/** Type of a column's values; a `timestamp` and a `date` know how they are written. */
export type FieldType =
  | { readonly kind: 'int' | 'string' | 'float' | 'bool' | 'timestamptz' }
  | { readonly kind: 'decimal'; readonly precision: number; readonly scale: number }
  | { readonly kind: 'timestamp' | 'date'; readonly format: TimeFormat };

/** One column of a manifest; limits and allowed values are texts as in a file. */
export type Field = {
  readonly name: string;
  /** The column of the file that it is read from, or its path in a record; by default its name. */
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
