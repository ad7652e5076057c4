import { CsvReader, type CsvRecord, CsvScanner, unnamedColumn } from '../../functions/validation/index.ts';
import type { CsvDialect } from './csv-dialect.ts';

/** Receives the header and the rows of a table, in order. */
export type RowListener = {
  /** A column without a name is named by its position. */
  readonly onHeader: (columns: readonly string[]) => void;
  /** Texts in the order of the columns; only readable rows as wide as the header. */
  readonly onRow: (texts: readonly string[]) => void;
};

const longestRecord = 2 ** 20;

/** Reads rows from the bytes of a CSV file and returns how many were unreadable; memory stays constant. */
export const readCsvRows = async (
  content: AsyncIterable<Uint8Array>,
  { delimiter, quote }: CsvDialect,
  { onHeader, onRow }: RowListener,
): Promise<{ readonly unreadable: number }> => {
  let width = 0;
  let unreadable = 0;
  const onRecord = (record: CsvRecord): void => {
    if (width === 0) {
      width = record.count;
      onHeader(textsOf(record).map((name, at) => name || unnamedColumn(at + 1)));
    } else if (isReadable(record, width)) onRow(textsOf(record));
    else unreadable++;
  };
  const onTooLong = (): void => {
    unreadable++;
  };
  const scanner = new CsvScanner(delimiter, quote);
  const reader = new CsvReader(scanner, quote, longestRecord, { onRecord, onTooLong });
  for await (const bytes of content) reader.write(bytes);
  reader.drain(true);
  return { unreadable };
};

const isReadable = ({ count, isBlank, isSuspect, violations }: CsvRecord, width: number): boolean =>
  count === width && !isBlank && !isSuspect && violations.length === 0;

const textsOf = (record: CsvRecord): string[] =>
  Array.from({ length: record.count }, (_, field) => record.text(field));
