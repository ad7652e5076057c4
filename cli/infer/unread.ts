import { basename } from 'node:path';
import { parseManifest, validateFile } from '../../functions/validation/index.ts';
import type { CsvDialect } from './csv-dialect.ts';
import { fieldNames } from './field-names.ts';
import { type OnRead, readBytes, sizeOf } from './sample-file.ts';

/** The manifest for reading a file of which only the column names are known. */
export type ReadAs =
  | { readonly format: 'csv'; readonly dialect: CsvDialect; readonly columns: readonly string[] }
  | { readonly format: 'json' | 'jsonl' };

const mostReasons = 3;

/** Why no row of a file can be read, in the words of `check`, and what to do about it; empty if nothing is wrong. */
export const unreadReasons = async (path: string, readAs: ReadAs, onRead: OnRead): Promise<string[]> => {
  const parsed = parseManifest(
    JSON.stringify({ version: '1', directory: 'data/x/', schema: schemaOf(readAs) }),
  );
  if (!parsed.ok) return parsed.problems.slice(0, mostReasons);
  const key = `data/x/x.${readAs.format}${path.endsWith('.gz') ? '.gz' : ''}`;
  const size = await sizeOf(path);
  const content = readBytes(path, onRead);
  const validation = await validateFile({ key, size, manifest: parsed.manifest, content });
  if (validation.verdict !== 'rejected') return [];
  const { violations, total } = validation;
  const advice = [...new Set(violations.flatMap(({ rule }) => advices[rule] ?? []))];
  return [
    ...violations.slice(0, mostReasons).map(({ message }) => `${basename(path)}: ${message}`),
    ...(total > mostReasons ? [`… ${total} in all`] : []),
    ...advice,
  ];
};

const schemaOf = (readAs: ReadAs): object => {
  const { format } = readAs;
  const base = { extension: `.${format}`, unknown_fields: 'ignore', fields_required: false };
  if (readAs.format !== 'csv') return { ...base, fields: { any: { type: 'string' } } };
  const names = [...fieldNames(readAs.columns, false)];
  const columns = names.map(([from, name]) => [name, { from, type: 'string' }] as const);
  const fields = columns.length === 0 ? { any: { type: 'string' } } : Object.fromEntries(columns);
  return { ...base, ...readAs.dialect, fields };
};

const encoding =
  'write it as UTF-8: iconv -f WINDOWS-1252 -t UTF-8 FILE, or from the encoding that the file has';
const oneALine = 'write one object per line (.jsonl), or all objects as one array (.json)';

/** What to do, by rule. */
const advices: Readonly<Record<string, string>> = {
  encoding,
  columns: 'give the header one cell per value of a row, or remove the extra delimiters from the rows',
  line_end: 'end each line with LF or CRLF',
  quote: 'put quotes around fields that contain quotes, and double the inner quotes',
  max_row_bytes: 'infer reads rows of up to 1 MiB: write a manifest by hand, with a larger "max_row_bytes"',
  json: oneALine,
  record: oneALine,
  header: 'put the column names into the first line',
  duplicate_column: 'give each column its own name',
};
