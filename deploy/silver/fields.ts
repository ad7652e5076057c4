import { personalColumns } from '../../functions/pipeline/index.ts';
import { type Field, fieldPath, jsonPlaces, parseManifest, topOf } from '../../functions/validation/index.ts';
import { nameHint } from '../../functions/values/index.ts';
import { landedColumns } from '../bind/landed.ts';
import { bindSelect } from '../bind/select.ts';
import type { Rules } from '../render/datasets.ts';
import type { RenderedFile } from '../render/file.ts';
import { placeInSource } from '../sql/lines.ts';
import { type Problem, placeOf } from '../sql/problem.ts';
import { unsafeCast } from './casts.ts';
import { isReadable } from './field-names.ts';

/**
 * Problems between a dataset's silver SQL and its manifest: fields that it neither reads nor omits, fields that it omits
 * without reason, columns that it calls public without reason, and casts that fail, or lose digits, for values that the manifest accepts.
 */
export const silverFieldProblems = (silver: RenderedFile, { dataset, manifest }: Rules): Problem[] => {
  const parsed = parseManifest(manifest);
  if (!parsed.ok) return [];
  const { format, fields } = parsed.manifest;
  const read = namesRead(silver, manifest);
  const isRead = (name: string) => (format === 'csv' ? read.has(name.toLowerCase()) : isPathRead(name, read));
  const { omit } = silver.settings;
  const names = fields.map(({ name }) => name);
  const unread = names
    .filter(isReadable)
    .filter((name) => !omit.includes(name) && !omit.includes(topOf(name)) && !isRead(name));
  const placeOf = jsonPlaces(manifest);
  return [
    ...unread.map((name) => ({
      file: `rules/${dataset}/manifest.json`,
      ...placeOf(['schema', 'fields', name]),
      message: `schema.fields.${name}: ${silver.file.path} does not read it: add a column for it there, or write config(meta={'omit': ['${name}']})`,
    })),
    ...omitProblems(silver, names, isRead),
    ...publicProblems(silver, personalColumns(parsed.manifest, { columns: [...silver.columns] })),
    ...castProblems(silver, format === 'csv' ? fields : fields.filter(({ name }) => !/[.[]/.test(name))),
  ];
};

/** Paths of landed columns in the SQL, without the relation's name, in lower case. */
const namesRead = ({ file, marked }: RenderedFile, manifest: string): ReadonlySet<string> => {
  const relations = new Map([[`landed_${file.name}`, landedColumns(manifest)]]);
  const read = new Set<string>();
  for (const sql of marked) bindSelect(sql, relations, (path) => read.add(path));
  return read;
};

/** A field counts as read if its value is read, an object that contains it, or the item that `explode` makes of its array. */
const isPathRead = (name: string, read: ReadonlySet<string>): boolean => {
  const steps = fieldPath(name.toLowerCase());
  const array = steps.findIndex(({ isArray }) => isArray);
  const keys = steps.map(({ key }) => key);
  const paths = keys.map((_, at) => keys.slice(0, at + 1).join('.'));
  const items =
    array < 0
      ? []
      : keys.slice(array + 1).map((_, at) => ['item', ...keys.slice(array + 1, array + 2 + at)].join('.'));
  return [...paths, ...items, ...(array === keys.length - 1 ? ['item'] : [])].some((path) => read.has(path));
};

const omitProblems = (
  { file, settings: { omit } }: RenderedFile,
  names: readonly string[],
  isRead: (name: string) => boolean,
): Problem[] =>
  omit.flatMap((name) => {
    const own = names.filter((field) => field === name || topOf(field) === name);
    const place = { file: file.path, ...placeOf(file.source, `'${name}'`) };
    if (own.length === 0)
      return [
        { ...place, message: `config: omit: ${name} is not a field of the manifest${nameHint(name, names)}` },
      ];
    return own.every(isRead) ? [{ ...place, message: `config: omit: ${name} is read: remove it here` }] : [];
  });

const publicProblems = (
  { file, columns, settings }: RenderedFile,
  personal: readonly string[],
): Problem[] => {
  const own = columns.map(({ name }) => name);
  return settings.public
    .filter((name) => !personal.includes(name))
    .map((name) => ({
      file: file.path,
      ...placeOf(file.source, `'${name}'`),
      message: own.includes(name)
        ? `config: public: ${name} is made of no personal field: remove it here`
        : `config: public: ${name} is not a column of the select${nameHint(name, own)}`,
    }));
};

const castProblems = ({ file, marked, columns }: RenderedFile, fields: readonly Field[]): Problem[] =>
  columns.flatMap(({ source, type, offset }) => {
    const field = fields.find(({ name }) => name.toLowerCase() === source);
    const message = field && unsafeCast(field, type);
    return message === undefined
      ? []
      : [{ file: file.path, ...placeInSource(file.source, marked[0] ?? '', offset), message }];
  });
