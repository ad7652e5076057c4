import type { Field } from './field.ts';

/** A field and the column of the file that it is read from; for a column without a field, its name twice. */
export type Source = Pick<Field, 'name' | 'from'>;

/** The name of a CSV column whose cell in the header is empty; places count from 1. */
export const unnamedColumn = (place: number): string => `column ${place}`;

/** The columns of a file for these fields. */
export const sourcesOf = (columns: readonly string[], fields: readonly Field[]): readonly Source[] => {
  const taken = new Map(fields.map((field) => [field.from, field]));
  return columns.map((column) => taken.get(column) ?? { name: column, from: column });
};

/** A column in a message, after the word column: its name in the file, with the name of the field if that differs. */
export const shownColumn = ({ name, from }: Source, element = -1): string => {
  const at = (path: string): string => (element < 0 ? path : path.replace('[]', `[${element}]`));
  const place = /^column ([0-9]+)$/.exec(from)?.[1];
  if (from === name) return place ?? at(name);
  return `${place ?? JSON.stringify(at(from))} (${at(name)})`;
};

/** The part of a path that leads to its array, such as `items[]`; undefined for a path without one. */
const arrayOf = (path: string): string | undefined => {
  const end = path.indexOf('[]');
  return end < 0 ? undefined : path.slice(0, end + 2);
};

/**
 * Says which paths of fields do not fit the paths that they are read from: a value is not a list, and fields of one array must
 * be read from one array. Returns name and problem.
 */
export const sourceConflicts = (sources: readonly Source[]): readonly (readonly [string, string])[] => {
  const arrays = new Map<string, Source>();
  return sources.flatMap((source): (readonly [string, string])[] => {
    const problem = arrayProblem(source, arrays);
    return problem === undefined ? [] : [[source.name, problem]];
  });
};

const arrayProblem = (source: Source, arrays: Map<string, Source>): string | undefined => {
  const [array, taken] = [arrayOf(source.name), arrayOf(source.from)];
  if (array === undefined)
    return taken && `goes through the array ${taken}, so the name of the field has to go through one, too`;
  if (taken === undefined) return 'goes through no array, but the name of the field does';
  const before = arrays.get(array) ?? source;
  arrays.set(array, before);
  return arrayOf(before.from) === taken
    ? undefined
    : `lies in another array than ${before.from}, though both are fields of ${array}`;
};
