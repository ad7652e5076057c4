import { isUtf8 } from 'node:buffer';
import { CsvReader } from '../csv/reader.ts';
import type { CsvRecord } from '../csv/record.ts';
import { validateStructure } from '../csv/structure.ts';
import { unnamedColumn } from '../fields/source.ts';
import type { ViolationLog } from '../violations.ts';
import { RowsScanner } from './scanner.ts';
import { unescapeFormula } from './text.ts';
import { rowsColumns } from './writer.ts';

/** One row of a rows file as someone sent it back; formulas are unescaped. */
export type SentRow = {
  /** Physical line of the rows file on which it starts. */
  readonly place: number;
  readonly source: string;
  /** As written; it may have been corrected. */
  readonly line: string;
  readonly raw: string;
  /** Texts of the dataset's columns, in the order of `columns`; none in JSON. */
  readonly fields: readonly string[];
  /** In JSON, the text of the record, if there is one. */
  readonly record?: string | undefined;
};

/**
 * Reads a rows file row by row, however its bytes are chunked; something that is not a rows file adds a violation and stops.
 */
export type RowsReader = {
  /** Names of the dataset's columns, in the order of the file; undefined before the header, and in JSON. */
  readonly columns: readonly string[] | undefined;
  readonly isStopped: boolean;
  readonly write: (bytes: Uint8Array) => void;
  readonly end: () => void;
  readonly stop: () => void;
};

type Own = keyof typeof rowsColumns;

/** Reads a rows file in CSV with the delimiter of its header, rows of at most `longest` bytes; blank lines are no rows. */
export class CsvRowsReader implements RowsReader {
  columns: readonly string[] | undefined;
  private width = 0;
  private others: readonly number[] = [];
  private readonly at = new Map<Own, number>();
  private readonly reader: CsvReader;
  private readonly violations: ViolationLog;
  private readonly onRow: (row: SentRow) => void;

  constructor(longest: number, violations: ViolationLog, onRow: (row: SentRow) => void) {
    this.violations = violations;
    this.onRow = onRow;
    this.reader = new CsvReader(new RowsScanner(), '"', longest, {
      onRecord: (record) => this.read(record),
      onTooLong: ({ line }) => this.reject('max_row_bytes', line, `is longer than ${longest} bytes`),
    });
  }

  get isStopped(): boolean {
    return this.reader.isStopped;
  }

  write(bytes: Uint8Array): void {
    this.reader.write(bytes);
  }

  end(): void {
    this.reader.drain(true);
  }

  stop(): void {
    this.reader.stop();
  }

  private read(record: CsvRecord): void {
    if (record.isBlank) return;
    // The validator of the repaired record checks for NULs: rows may be in quarantine because of them.
    const isBroken =
      record.violations.length > 0 ||
      (record.isSuspect && !isUtf8(record.bytes.subarray(record.start, record.end)));
    if (isBroken) validateStructure(record, undefined, true, this.violations);
    const texts = Array.from({ length: record.count }, (_, field) => unescapeFormula(record.text(field)));
    if (isBroken) this.stop();
    else if (!this.columns) this.begin(texts);
    else if (texts.length === this.width) this.onRow(this.rowOf(record.line, texts));
    else this.reject('columns', record.line, `has ${texts.length} columns, its header has ${this.width}`);
  }

  private rowOf(place: number, texts: readonly string[]): SentRow {
    const own = (name: Own): string => texts[this.at.get(name) ?? -1] ?? '';
    const fields = this.others.map((at) => texts[at] ?? '');
    return { place, source: own('source'), line: own('line').trim(), raw: own('raw'), fields };
  }

  /** Our columns come after the dataset's, which may have the same names. */
  private begin(names: readonly string[]): void {
    for (const own of Object.keys(rowsColumns) as Own[]) {
      const at = names.lastIndexOf(rowsColumns[own]);
      if (at >= 0) this.at.set(own, at);
    }
    const missing = (['source', 'line'] as const).find((own) => !this.at.has(own));
    if (missing)
      this.reject('header', 1, `is no header of a rows file: ${rowsColumns[missing]} is not there`);
    const ours = new Set(this.at.values());
    this.width = names.length;
    this.others = names.map((_, at) => at).filter((at) => !ours.has(at));
    this.columns = this.others.map((at, place) => names[at] || unnamedColumn(place + 1));
  }

  private reject(rule: string, line: number, says: string): void {
    this.stop();
    this.violations.add(rule, undefined, () => ({ line, subject: 'the row', says }));
  }
}
