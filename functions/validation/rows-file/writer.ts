import { isUtf8 } from 'node:buffer';
import type { FileFacts } from '../facts.ts';
import type { InvalidRecord } from '../records.ts';
import { jsonViolation } from './json-text.ts';
import { csvRecord, escapeFormula } from './text.ts';

/** One row of a rows file: a record that was quarantined, and why. */
export type QuarantinedRow = {
  /** Physical line of the landed file; absent if the row belongs to no line. */
  readonly line?: number | undefined;
  /** Texts in the order of the file's columns. */
  readonly fields?: readonly string[] | undefined;
  /** The record's text if it is text; unchanged in a rows file of JSON. */
  readonly record?: string | undefined;
  /** The record's text as far as it can be shown, if the other two do not say everything. */
  readonly raw: string;
  readonly errors: string;
};

/** Writes a rows file of one format. */
export type RowsWriter = {
  /** Its name ends in `.rows.` and this. */
  readonly format: RowsFormat;
  /** What comes before the first row. */
  readonly head: (columns: readonly string[]) => string;
  /** A row with its line end; `source` is `<landed file>@<version>`. */
  readonly row: (quarantinedRow: QuarantinedRow, columns: number, source: string) => string;
};
export type RowsFormat = 'csv' | 'jsonl';

/** Format of the file that holds a file's quarantined rows. */
export const rowsFormat = ({ facts }: { readonly facts?: FileFacts | undefined }): RowsFormat =>
  facts === undefined || facts.format === 'csv' ? 'csv' : 'jsonl';

/** Columns that every rows file has after those of its dataset. */
export const rowsColumns = { source: '_source', line: '_line', errors: '_errors', raw: '_raw' } as const;

const longestErrors = 2000;

/** The row for an invalid record; bytes that are not UTF-8 are replaced, so that the text can be shown. */
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
    // A record with only empty fields would look like one that was not split.
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

/** One JSON object per line; a record that is not JSON is in it as a text. */
export const rowsJsonLines: RowsWriter = {
  format: 'jsonl',
  head: () => '',
  row: (row, _columns, source) => {
    const { line: _line, record } = row;
    const said = JSON.stringify({ _source: source, _line, _errors: shortened(row.errors) }).slice(0, -1);
    // A NUL is an error everywhere in JSON, and no text of a JSON file may contain one.
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
