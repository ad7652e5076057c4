import type { CsvRecord } from '../csv/record.ts';
import { CsvScanner } from '../csv/scanner.ts';
import { rowsColumns } from './writer.ts';

/** Delimiters that spreadsheets use; a rows file is written with the first of them. */
const delimiters = [',', ';', '\t', '|'];

/** Finds the records of a rows file by the delimiter of its header line: a spreadsheet saves it with that of its language. */
export class RowsScanner extends CsvScanner {
  private readonly scanners = delimiters.map((delimiter) => new CsvScanner(delimiter, '"'));
  private found: CsvScanner | undefined;

  constructor() {
    super(',', '"');
  }

  /** A first record that is not a header with any of them is read with commas. */
  override scan(bytes: Buffer, from: number, to: number, isLast: boolean, record: CsvRecord): boolean {
    const read = (scanner: CsvScanner): boolean => scanner.scan(bytes, from, to, isLast, record);
    this.found ??= this.scanners.find((scanner) => read(scanner) && isHeader(record));
    return this.found ? read(this.found) : super.scan(bytes, from, to, isLast, record);
  }
}

const isHeader = (record: CsvRecord): boolean => {
  const cells = new Set(Array.from({ length: record.count }, (_, at) => record.text(at)));
  return cells.has(rowsColumns.source) && cells.has(rowsColumns.line);
};
