import { isUtf8 } from 'node:buffer';
import type { FileFacts } from '../facts.ts';
import type { InvalidRecord } from '../records.ts';
import { jsonViolation } from './json-text.ts';
import { csvRecord, escapeFormula } from './text.ts';

/** One row of a rows file: a record that was quarantined, and why. */
export type QuarantinedRow = {
  /** Physical line of the file that landed; absent where the row stands for none of its lines. */
  readonly line?: number | undefined;
  /** Texts in the order of the file's columns. */
  readonly fields?: readonly string[] | undefined;
  /** The record's text where it is text at all; a rows file of JSON has it as it stands. */
  readonly record?: string | undefined;
  /** The record's text as far as it can be shown, where neither of the two says it all. */
  readonly raw: string;
  readonly errors: string;
};

/** Writes a rows file of one format. */
export type RowsWriter = {
  /** Its name ends in `.rows.` and this. */
  readonly format: RowsFormat;
  /** What stands before the first row. */
  readonly head: (columns: readonly string[]) => string;
  /** A row with its line end; `source` is `<landed file>@<version>`. */
  readonly row: (quarantinedRow: QuarantinedRow, columns: number, source: string) => string;
};
export type RowsFormat = 'csv' | 'jsonl';

/** Format of the file that holds a file's quarantined rows. */
export const rowsFormat = ({ facts }: { readonly facts?: FileFacts | undefined }): RowsFormat =>
  facts === undefined || facts.format === 'csv' ? 'csv' : 'jsonl';

/** Columns that every rows file has besides those of its dataset; they stand behind them. */
export const rowsColumns = { source: '_source', line: '_line', errors: '_errors', raw: '_raw' } as const;

const longestErrors = 2000;

/** The row that an invalid record becomes; what is no UTF-8 is replaced, so that the text can be shown at all. */
export const quarantinedRow = ({ line, bytes, fields, violations }: InvalidRecord): QuarantinedRow => {
  const raw = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
  const errors = violations.map(({ message }) => message).join('; ');
  return { line, fields, record: isUtf8(bytes) ? raw : undefined, raw, errors };
};

/** A comma and double quotes, whatever the dataset's own files have; formulas are escaped. */
export const rowsCsv: RowsWriter = {
  format: 'csv',
  head: (columns) => line([...columns, ...Object.values(rowsColumns)]),
  row: (row, columns, source) => {
    // A record of nothing but empty fields could not be told from one that was not split.
    const isShown = row.fields?.some((field) => field !== '');
    const fields = isShown ? (row.fields ?? []) : Array<string>(columns).fill('');
    return line([
      ...fields,
      source,
      row.line === undefined ? '' : String(row.line),
      shortened(row.errors),
      isShown ? '' : row.raw,
    ]);
  },
};

const line = (fields: readonly string[]): string => `${csvRecord(fields.map(escapeFormula))}\n`;

/** One JSON object a line; a record that is no JSON stands in it as a text. */
export const rowsJsonLines: RowsWriter = {
  format: 'jsonl',
  head: () => '',
  row: (row, _columns, source) => {
    const { line: _line, record } = row;
    const said = JSON.stringify({ _source: source, _line, _errors: shortened(row.errors) }).slice(0, -1);
    // A NUL is an error wherever it stands in JSON, and no text of a JSON file may hold one.
    const told =
      record !== undefined && jsonViolation(record) === undefined
        ? `"record":${record}`
        : `"_raw":${JSON.stringify(row.raw.replaceAll('\0', '\uFFFD'))}`;
    return `${said},${told}}\n`;
  },
};

const shortened = (errors: string): string =>
  errors.length > longestErrors ? `${errors.slice(0, longestErrors)} …` : errors;

/** The writer that suits a landed file's format. */
export const rowsWriter = (format: FileFacts['format']): RowsWriter =>
  format === 'csv' ? rowsCsv : rowsJsonLines;
