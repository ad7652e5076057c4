import type { ViolationLog } from '../violations.ts';
import { JsonRowsReader } from './json-reader.ts';
import { CsvRowsReader, type RowsReader, type SentRow } from './reader.ts';
import type { RowsFormat } from './writer.ts';

/** The reader of a rows file of a format, its rows of at most `longest` bytes. */
export const openRows = (
  format: RowsFormat,
  longest: number,
  violations: ViolationLog,
  onRow: (row: SentRow) => void,
): RowsReader => {
  const Reader = format === 'csv' ? CsvRowsReader : JsonRowsReader;
  return new Reader(longest, violations, onRow);
};
