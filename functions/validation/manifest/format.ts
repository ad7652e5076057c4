import type { FileFormat } from '../facts.ts';
import { pathConflicts, pathProblem } from '../fields/path.ts';
import { sourceConflicts } from '../fields/source.ts';
import { pathOf } from './problems.ts';
import type { ManifestText } from './schema.ts';

type FileText = ManifestText['schema'];

const byExtension: Readonly<Record<string, FileFormat>> = {
  csv: 'csv',
  jsonl: 'jsonl',
  ndjson: 'jsonl',
  json: 'json',
  parquet: 'parquet',
};
const unread = new Set([
  'avro',
  'orc',
  'xls',
  'xlsx',
  'xml',
  'zst',
  'bz2',
  'xz',
  'zip',
  '7z',
  'lz4',
  'snappy',
]);

/** How files of a manifest are written: as it says, else as their extension does, else CSV. */
export const formatOf = ({ format, extension }: Pick<FileText, 'format' | 'extension'>): FileFormat =>
  format ?? namedBy(extension) ?? 'csv';

/** Whether a format has records with keys of their own. */
export const isJson = (format: FileFormat): boolean => format === 'jsonl' || format === 'json';

const namedBy = (extension: string): FileFormat | undefined => {
  const ending = extension.toLowerCase().replace(/\.gz$/, '').split('.').at(-1) ?? '';
  return Object.hasOwn(byExtension, ending) ? byExtension[ending] : undefined;
};

/** Problems that contradict the format of a manifest's files. */
export const formatProblems = (schema: FileText): readonly string[] => {
  const { extension, fields } = schema;
  const format = formatOf(schema);
  const named = namedBy(extension);
  const endings = extension.toLowerCase().split('.').slice(1);
  const odd = endings.find((ending) => unread.has(ending));
  return [
    ...(odd === undefined ? [] : [`schema.extension: .${odd} is not read; csv, jsonl, json and parquet are`]),
    ...(named === undefined || named === format
      ? []
      : [`schema.format: is ${format}, but schema.extension ${extension} says ${named}`]),
    ...(format === 'parquet' && endings.at(-1) === 'gz'
      ? ['schema.extension: Parquet is compressed inside, .gz is not read']
      : []),
    ...strangeKeys(schema, format),
    ...(format === 'parquet' ? momentProblems(fields) : []),
    ...(format === 'csv' ? [] : pathProblems(fields)),
  ];
};

/** Keys that say nothing about files of this format. */
const strangeKeys = (schema: FileText, format: FileFormat): string[] => {
  const csvOnly = ['delimiter', 'quote'] as const;
  const textOnly = ['encoding', 'max_row_bytes'] as const;
  const strange = [...(format === 'csv' ? [] : csvOnly), ...(format === 'parquet' ? textOnly : [])];
  return strange
    .filter((key) => schema[key] !== undefined)
    .map((key) => `schema.${key}: is not for ${format}`);
};

/** Parquet stores moments, which are validated as they are written with a blank and without a zone. */
const momentProblems = (fields: FileText['fields']): string[] =>
  Object.entries(fields)
    .filter(([, { format }]) => format?.includes('T'))
    .map(
      ([name]) => `${pathOf(['schema', 'fields', name, 'format'])}: has a T or a Z, which Parquet has not`,
    );

/** Names and columns of the file are paths in formats whose records are nested. */
const pathProblems = (fields: FileText['fields']): string[] => {
  const sources = Object.entries(fields).map(([name, { from = name }]) => ({ name, from }));
  const names = sources.map(({ name }) => name);
  const ofNames = conflicts(names).map(([name, problem]) => `${pathOfField(name)}: ${problem}`);
  if (ofNames.length > 0) return ofNames;
  const takenBy = new Map(sources.map(({ name, from }) => [from, name]));
  const ofSources = [
    ...conflicts([...takenBy.keys()]).map(([from, problem]) => [takenBy.get(from) ?? from, problem] as const),
    ...sourceConflicts(sources),
  ];
  return ofSources.map(([name, problem]) => `${pathOfField(name)}.from: ${problem}`);
};

const pathOfField = (name: string): string => pathOf(['schema', 'fields', name]);

/** Paths that are not valid; if all are, those that cannot be used together. */
const conflicts = (paths: readonly string[]): readonly (readonly [string, string])[] => {
  const problems = paths.flatMap((path) => {
    const problem = pathProblem(path);
    return problem === undefined ? [] : [[path, problem] as const];
  });
  return problems.length > 0 ? problems : pathConflicts(paths);
};
