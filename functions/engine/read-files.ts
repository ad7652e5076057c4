import { literal } from '../values/index.ts';
import { list } from './sql-text.ts';

/**
 * The only module that makes DuckDB read or write files. Every option that could change the result is set, so that no default,
 * no folder name and no character in a path matters.
 */

/** Wildcard characters of DuckDB's paths, even if the path names an existing file. */
const patternSigns = /[*?[]/g;

/** A path as a pattern that matches only this path. */
export const pathPattern = (path: string): string => path.replace(patternSigns, '[$&]');

/** Paths as a list of literals, each once. */
const pathList = (paths: readonly string[]): string =>
  `[${[...new Set(paths)].map((path) => literal(pathPattern(path))).join(', ')}]`;

type Options = Readonly<Record<string, string>>;

const call = (name: string, paths: readonly string[], options: Options): string => {
  const all = { ...options, ...ofAllFormats };
  const given = Object.entries(all).map(([option, value]) => `${option} = ${value}`);
  return `${name}${list([pathList(paths), ...given])}`;
};

/** A folder such as `id=77` must not become a column. */
const ofAllFormats: Options = { hive_partitioning: 'false', union_by_name: 'false' };

/** A relation of the rows of Parquet files that an engine wrote. */
export const parquetFiles = (paths: readonly string[]): string =>
  call('read_parquet', paths, { filename: 'false', file_row_number: 'false', binary_as_string: 'false' });

/** How CSV files are written. */
export type CsvFiles = {
  readonly columns: number;
  readonly delimiter: string;
  readonly quote: string;
  readonly isStrict: boolean;
  /** Set for files with mixed line ends, in DuckDB's notation; else DuckDB detects it. */
  readonly lineEnd?: string | undefined;
  readonly isParallel: boolean;
  readonly longestRecord: number;
};

/** A relation of the records of CSV files: texts `c0` and on, by position, an empty value NULL, and `filename`. */
export const csvFiles = (paths: readonly string[], files: CsvFiles): string => {
  const names = Array.from({ length: files.columns }, (_, position) => `'c${position}': 'varchar'`);
  return call('read_csv', paths, {
    auto_detect: 'false',
    columns: `{${names.join(', ')}}`,
    header: 'true',
    skip: '0',
    delim: literal(files.delimiter),
    quote: literal(files.quote),
    escape: literal(files.quote),
    comment: "''",
    nullstr: "''",
    allow_quoted_nulls: 'true',
    encoding: "'utf-8'",
    normalize_names: 'false',
    null_padding: 'false',
    ignore_errors: 'false',
    strict_mode: String(files.isStrict),
    ...(files.lineEnd !== undefined && { new_line: literal(files.lineEnd) }),
    parallel: String(files.isParallel),
    compression: "'none'",
    max_line_size: String(files.longestRecord),
    // It must be larger than the longest record.
    buffer_size: String(2 * files.longestRecord),
    filename: 'true',
  });
};

/** A relation of the records of JSON files, lines or arrays: `json`, and `filename`. */
export const jsonFiles = (
  paths: readonly string[],
  files: { readonly isArray: boolean; readonly longestRecord: number },
): string =>
  call('read_json_objects', paths, {
    format: files.isArray ? "'array'" : "'newline_delimited'",
    compression: "'uncompressed'",
    maximum_object_size: String(files.longestRecord),
    ignore_errors: 'false',
    filename: 'true',
  });

/** The statement that writes a query's rows as one Parquet file. */
export const writeParquet = (query: string, path: string): string =>
  `copy (\n${query}\n) to ${literal(path)} (format parquet, per_thread_output false)`;
