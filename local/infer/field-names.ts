import { fieldPath } from '../../functions/domain/field/field-path.ts';
import { wordsOf } from './column-names.ts';
import { latinText } from './latin-text.ts';
import { reservedWords } from './reserved-words.ts';

/**
 * Names for the fields of columns or paths of a file, each a name that SQL can say unquoted on every engine: their own
 * where they are such names, else made of their words in ASCII, else `col_` and their place. No two are alike, and none is
 * the name of another column.
 */
export const fieldNames = (columns: readonly string[], isNested: boolean): ReadonlyMap<string, string> => {
  if (!isNested) return namesOf(columns);
  const names = new Map<string, string>();
  nameSteps(columns, '', '', names);
  return names;
};

/** Names the keys of one object, then those of the objects and arrays in it. */
const nameSteps = (
  paths: readonly string[],
  before: string,
  named: string,
  names: Map<string, string>,
): void => {
  const within = paths.map((path) => ({ path, steps: fieldPath(path.slice(before.length)) }));
  const keys = [...new Set(within.map(({ steps }) => steps[0]?.key ?? ''))];
  const ofKeys = namesOf(keys);
  for (const key of keys) {
    const own = within.filter(({ steps }) => steps[0]?.key === key);
    const bracket = own.some(({ steps }) => steps[0]?.isArray) ? '[]' : '';
    const name = `${named}${ofKeys.get(key) ?? key}${bracket}`;
    for (const { path, steps } of own) if (steps.length === 1) names.set(path, name);
    const deeper = own.filter(({ steps }) => steps.length > 1).map(({ path }) => path);
    if (deeper.length > 0) nameSteps(deeper, `${before}${key}${bracket}.`, `${name}.`, names);
  }
};

const namesOf = (columns: readonly string[]): ReadonlyMap<string, string> => {
  const folded = columns.map((column) => column.toLowerCase());
  const taken = new Set(folded);
  return new Map(
    columns.map((column, at) => {
      if (isPlain(column)) return [column, column];
      const name = free(plainName(column, at + 1), taken);
      taken.add(name);
      return [column, name];
    }),
  );
};

const isPlain = (name: string): boolean =>
  /^[A-Za-z_][A-Za-z0-9_]*$/.test(name) && name.length <= longest && !reservedWords.has(name.toLowerCase());

const longest = 100;

const plainName = (column: string, place: number): string => {
  const words = wordsOf(/^column [0-9]+$/.test(column) ? '' : latinText(spaced(column)))
    .join('_')
    .slice(0, longest);
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
