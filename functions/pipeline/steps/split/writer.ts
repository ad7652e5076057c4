import {
  type InvalidRecord,
  type QuarantinedRow,
  quarantinedRow,
  type RecordListener,
  type RowsWriter,
} from '../../../validation/index.ts';
import { rowsBeside } from '../../lake-keys.ts';
import type { StreamWriter } from '../../ports.ts';
import { Outlet } from './outlet.ts';

/** Where the records of a file are written. */
export type SplitTarget = {
  /** Key of the accepted ones, unchanged; the rows file is next to it, `<clean key>.rows.<format>`. */
  readonly clean_key: string;
  /** The source of each row in the rows file: `<landed file>@<version>`. */
  readonly source: string;
  readonly rows: RowsWriter;
  /** Of the file, in its order. */
  readonly columns: readonly string[];
};

/** Listens to a parser and writes the clean copy and the rows file; without invalid records there is no rows file. */
export class SplitOutlets implements RecordListener {
  private readonly clean: Outlet;
  private rows: Outlet | undefined;
  private readonly files: StreamWriter;
  private readonly target: SplitTarget;

  constructor(files: StreamWriter, target: SplitTarget) {
    this.files = files;
    this.target = target;
    this.clean = new Outlet((body) => files.writeStream(target.clean_key, body));
  }

  /** Bytes of the clean copy. */
  get cleanBytes(): number {
    return this.clean.bytes;
  }

  readonly onHeader = (bytes: Uint8Array): void => this.clean.write(bytes);

  readonly onValid = (bytes: Uint8Array): void => this.clean.write(bytes);

  readonly onInvalid = (record: InvalidRecord): void => this.quarantinedRow(quarantinedRow(record));

  /** Adds a row to the rows file. */
  quarantinedRow(row: QuarantinedRow): void {
    const { rows, columns, source } = this.target;
    this.rows ??= this.openRows();
    this.rows.write(Buffer.from(rows.row(row, columns.length, source)));
  }

  async drained(): Promise<void> {
    await this.clean.drained();
    await this.rows?.drained();
  }

  /** Both are stored when this resolves; the rows file first. */
  async end(): Promise<void> {
    await this.rows?.end();
    await this.clean.end();
  }

  /** Stores neither. */
  async abort(cause: unknown): Promise<void> {
    await Promise.all([this.rows?.abort(cause), this.clean.abort(cause)]);
  }

  private openRows(): Outlet {
    const { clean_key, rows, columns } = this.target;
    const key = rowsBeside(clean_key, rows.format);
    const outlet = new Outlet((body) => this.files.writeStream(key, body));
    outlet.write(Buffer.from(rows.head(columns)));
    return outlet;
  }
}
