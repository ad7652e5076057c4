import { createHash } from 'node:crypto';
import type { FileFormat } from '../facts.ts';
import type { Field } from '../fields/field.ts';
import { leadsOut } from '../names.ts';
import { contradictions, type FieldContradictions, manifestFields } from './fields.ts';
import { formatOf, formatProblems, isJson } from './format.ts';
import { readManifestJson } from './json.ts';
import { type PatternValidator, patternValidator } from './patterns.ts';
import { issueProblem, pathOf } from './problems.ts';
import { ManifestText } from './schema.ts';

/** What may land in a folder, with every default filled in. */
export type Manifest = {
  readonly version: string;
  /** With a slash at the end. */
  readonly directory: string;
  readonly format: FileFormat;
  readonly extension: string;
  readonly name_pattern?: string | undefined;
  readonly delimiter: string;
  readonly quote: string;
  readonly max_rows?: number | undefined;
  readonly max_bytes: number;
  readonly max_row_bytes: number;
  readonly fields_required: boolean;
  readonly unknown_fields: 'reject' | 'ignore' | 'text';
  /** Names of fields; undefined if records have no key. */
  readonly key?: readonly string[] | undefined;
  readonly on_duplicate: 'first' | 'last' | 'reject';
  /** In the order of the manifest. */
  readonly fields: readonly Field[];
  readonly on_error: 'quarantine' | 'quarantine_rows';
  /** Files with more invalid records are rejected whole. */
  readonly max_bad_rows?: number | undefined;
  /** Of 1. */
  readonly max_bad_share?: number | undefined;
  readonly on_empty: 'ignore' | 'reject';
  readonly on_duplicate_file: 'publish' | 'ignore' | 'reject';
  /** Without a slash at the end. */
  readonly quarantine_path: string;
  /** Of files that are written in another way, each the whole manifest. */
  readonly also: readonly Manifest[];
};

/** The manifest as it is for a file: files of a dataset may be written in several ways, which their extensions tell apart. */
export const manifestOfFile = (manifest: Manifest, key: string): Manifest => {
  const name = key.replace(/\.gz$/, '');
  return manifest.also.find(({ extension }) => name.endsWith(extension)) ?? manifest;
};

/** A manifest and the hash of its bytes (hex), or its problems, each with its path in the file. */
export type ParsedManifest =
  | { readonly ok: true; readonly manifest: Manifest; readonly sha256: string }
  | { readonly ok: false; readonly problems: readonly string[] };

const mostProblems = 100;
const longestProblem = 500;

/** Reads a manifest; whatever the bytes are, the answer is a value. */
export const parseManifest = (content: Uint8Array | string): ParsedManifest =>
  read(content, patternValidator(), contradictions);

/** The same without a look at its patterns, for what matches nothing: it needs no engine of patterns. */
export const parseWithoutPatterns = (content: Uint8Array | string): ParsedManifest =>
  read(
    content,
    () => undefined,
    () => [],
  );

const read = (
  content: Uint8Array | string,
  patternProblem: PatternValidator,
  contradictionsOf: FieldContradictions,
): ParsedManifest => {
  const bytes = Buffer.from(content);
  const json = readManifestJson(bytes);
  if (!json.ok) return rejected(json.problems);
  const parsed = ManifestText.safeParse(json.value);
  if (!parsed.success)
    return rejected(
      parsed.error.issues.slice(0, mostProblems).map((issue) => issueProblem(issue, 'manifest')),
    );
  const inFile = fileProblems(parsed.data, patternProblem);
  const fields = manifestFields(parsed.data.schema.fields, patternProblem, contradictionsOf);
  const problems = [...inFile, ...fields.problems];
  if (problems.length > 0) return rejected(problems);
  const sha256 = createHash('sha256').update(bytes).digest('hex');
  return { ok: true, manifest: flatten(parsed.data, fields.fields), sha256 };
};

const rejected = (problems: readonly string[]): ParsedManifest => ({
  ok: false,
  problems: problems.slice(0, mostProblems).map(shown),
});

/** One line, whatever a manifest holds. */
const shown = (problem: string): string =>
  problem
    .slice(0, longestProblem)
    .replace(/[\p{Cc}\p{Surrogate}]/gu, (one) => `\\u${one.charCodeAt(0).toString(16).padStart(4, '0')}`);

const fileProblems = (
  { directory, schema }: ManifestText,
  patternProblem: PatternValidator,
): readonly string[] => {
  const problems: (string | undefined)[] = [
    directoryProblem(directory),
    ...formatProblems(schema),
    ...otherProblems(schema, patternProblem),
    delimiterOf(schema) === quoteOf(schema) ? 'schema.delimiter: is the same as schema.quote' : undefined,
    patternProblem('schema.name_pattern', schema.name_pattern),
    ...keyProblems(schema),
    ...limitProblems(schema.validation),
  ];
  return problems.filter((problem) => problem !== undefined);
};

const otherProblems = (
  schema: ManifestText['schema'],
  patternProblem: PatternValidator,
): readonly (string | undefined)[] => {
  const others = othersOf(schema);
  return others.flatMap((other, at) => {
    const path = pathOf(['schema', 'also', other.extension]);
    const before = [schema, ...others.slice(0, at)].map(({ extension }) => extension);
    const isTaken = before.some((one) => one.endsWith(other.extension) || other.extension.endsWith(one));
    const problems = [...formatProblems(other), ...keyProblems(other), ...limitProblems(other.validation)];
    return [
      isTaken ? `${path}: cannot be told apart from ${before.join(', ')}` : undefined,
      patternProblem(`${path}.name_pattern`, other.name_pattern),
      ...problems.map((problem) => problem.replace(/^schema\b/, path)),
    ];
  });
};

/** Keys of S3 are made from it, which have a maximum length; and a client that uses keys as paths may decode them. */
const directoryProblem = (directory: string): string | undefined => {
  if (Buffer.byteLength(directory) > longestDirectory)
    return `directory: is longer than ${longestDirectory} bytes`;
  return leadsOut(directory) || directory.includes('\\')
    ? 'directory: has a folder that may lead out of it'
    : undefined;
};

const longestDirectory = 256;

const keyProblems = (schema: ManifestText['schema']): readonly string[] => {
  const { key, on_duplicate, fields } = schema;
  const isInArray = (name: string): boolean => formatOf(schema) !== 'csv' && name.includes('[]');
  if (key === undefined)
    return on_duplicate === undefined ? [] : ['schema.on_duplicate: says nothing without schema.key'];
  const problems = key.flatMap((name, at) => {
    const field = Object.hasOwn(fields, name) ? fields[name] : undefined;
    const shown = JSON.stringify(name.slice(0, 100));
    if (!field) return [`schema.key[${at}]: ${shown} is no field`];
    if (isInArray(name)) return [`schema.key[${at}]: ${shown} lies in an array, so a record has many of it`];
    return field.required ? [] : [`schema.key[${at}]: ${shown} is not required, so records may lack it`];
  });
  const isTwice = new Set(key).size < key.length;
  return isTwice ? [...problems, 'schema.key: names a field twice'] : problems;
};

const limitProblems = (validation: ManifestText['schema']['validation']): readonly string[] =>
  validation.on_error === 'quarantine_rows'
    ? []
    : (['max_bad_rows', 'max_bad_share'] as const)
        .filter((limit) => validation[limit] !== undefined)
        .map((limit) => `schema.validation.${limit}: is for on_error quarantine_rows`);

const delimiterOf = ({ delimiter = ',' }: ManifestText['schema']): string => delimiter;
const quoteOf = ({ quote = '"' }: ManifestText['schema']): string => quote;

/** The files that are written in another way: what is said of all, with what is said of them. Only CSV has delimiters. */
const othersOf = (schema: ManifestText['schema']): ManifestText['schema'][] => {
  const { also = {}, delimiter, quote, encoding: _encoding, max_row_bytes, ...common } = schema;
  return Object.entries(also).map(([extension, { validation, ...other }]) => {
    const { format, name_pattern, max_rows } = other;
    const kind = formatOf({ format, extension });
    return {
      ...common,
      ...(kind === 'csv' && { delimiter, quote }),
      ...(kind !== 'parquet' && { max_row_bytes }),
      ...{ extension, format, name_pattern, max_rows },
      validation: { ...schema.validation, ...validation },
    };
  });
};

const flatten = (text: ManifestText, fields: readonly Field[]): Manifest => {
  const { version, directory, schema } = text;
  const { encoding: _encoding, also: _also, validation, ...file } = schema;
  const format = formatOf(schema);
  return {
    ...file,
    ...validation,
    version,
    directory,
    format,
    delimiter: delimiterOf(schema),
    quote: quoteOf(schema),
    max_row_bytes: file.max_row_bytes ?? 2 ** 20,
    fields_required: file.fields_required ?? !isJson(format),
    on_duplicate: file.on_duplicate ?? 'reject',
    fields,
    quarantine_path: validation.quarantine_path.replace(/\/$/, ''),
    also: othersOf(schema).map((other) => flatten({ ...text, schema: other }, fields)),
  };
};
