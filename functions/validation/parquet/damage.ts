import { PipelineError } from '../../values/index.ts';
/** Reads bytes of a file, the last one excluded. */
export type ReadRange = (start: number, end: number) => Promise<Uint8Array>;

/** Why a file cannot be read as Parquet, in words that follow `the file`, or `the column` if one column is damaged. */
export class ParquetDamage extends PipelineError {
  override readonly name = 'ParquetDamage';
  readonly column: string | undefined;

  constructor(message: string, column?: string, options?: ErrorOptions) {
    super(message, options);
    this.column = column;
  }
}

/** Bytes that could not be fetched say nothing about the file. */
export class RangeUnread extends PipelineError {
  override readonly name = 'RangeUnread';
}
