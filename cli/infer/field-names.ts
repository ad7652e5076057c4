import { fieldPath } from '../../functions/validation/index.ts';
import { wordsOf } from './column-names.ts';
import { latinText } from './latin-text.ts';
import { reservedWords } from './reserved-words.ts';

/**
 * Names for the fields of a file's columns or paths, valid unquoted SQL names on every engine: the own name if it is valid,
 * else its words in ASCII, else `col_` and its position. All names differ, and none is the name of another column.
 */
export const fieldNames = (columns: readonly string[], isNested: boolean): ReadonlyMap<string, string> => {
  if (!isNested) return namesOf(columns, longest);
  const names = pathNames(columns, longest);
  const isShort = [...names.values()].every((name) => name.length <= longestPath);
  return isShort ? names : pathNames(columns, longestStep);
};

const pathNames = (paths: readonly string[], most: number): ReadonlyMap<string, string> => {
  const names = new Map<string, string>();
  nameSteps({ paths, before: '', named: '', most }, names);
  return names;
};

/** Paths of one object, their prefix in records and in names, and the longest name of a step. */
type Within = {
  readonly paths: readonly string[];
  readonly before: string;
  readonly named: string;
  readonly most: number;
};

/** Names the keys of one object, then those of the objects and arrays in it. */
const nameSteps = ({ paths, before, named, most }: Within, names: Map<string, string>): void => {
  const within = paths.map((path) => ({ path, steps: fieldPath(path.slice(before.length)) }));
  const keys = [...new Set(within.map(({ steps }) => steps[0]?.key ?? ''))];
  const ofKeys = namesOf(keys, most);
  for (const key of keys) {
    const own = within.filter(({ steps }) => steps[0]?.key === key);
    const bracket = own.some(({ steps }) => steps[0]?.isArray) ? '[]' : '';
    const name = `${named}${ofKeys.get(key) ?? key}${bracket}`;
    for (const { path, steps } of own) if (steps.length === 1) names.set(path, name);
    const deeper = own.filter(({ steps }) => steps.length > 1).map(({ path }) => path);
    if (deeper.length > 0)
      nameSteps({ paths: deeper, before: `${before}${key}${bracket}.`, named: `${name}.`, most }, names);
  }
};

const namesOf = (columns: readonly string[], most: number): ReadonlyMap<string, string> => {
  const folded = columns.map((column) => column.toLowerCase());
  const taken = new Set(folded);
  return new Map(
    columns.map((column, at) => {
      if (isPlain(column, most)) return [column, column];
      const name = free(plainName(column, at + 1, most), taken);
      taken.add(name);
      return [column, name];
    }),
  );
};

const isPlain = (name: string, most: number): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) &&
  name.length <= most &&
  name !== '__proto__' &&
  !reservedWords.has(name.toLowerCase());

/**
 * Longest names in characters: of a column (the parser of the check reads only 63, and a number may follow); of a path; and of
 * a step of a path that is too long (eight steps fit).
 */
const [longest, longestPath, longestStep] = [56, 128, 8] as const;

const plainName = (column: string, place: number, most: number): string => {
  const words = wordsOf(/^column [0-9]+$/.test(column) ? '' : latinText(spaced(column)))
    .join('_')
    .slice(0, most);
  if (words === '') return `col_${place}`;
  const name = /^[0-9]/.test(words) ? `col_${words}` : words;
  return reservedWords.has(name) ? `${name}_value` : name;
};

/** `OrderDate (UTC)` has three words. */
const spaced = (name: string): string =>
  name.replace(/(\p{Ll}|\p{N})(\p{Lu})/gu, '$1 $2').replace(/(\p{Lu}+)(\p{Lu}\p{Ll})/gu, '$1 $2');

const free = (name: string, taken: ReadonlySet<string>): string => {
  for (let number = 1; ; number++) {
    const numbered = number === 1 ? name : `${name}_${number}`;
    if (!taken.has(numbered)) return numbered;
  }
};
