import { wordsOf } from './column-names.ts';
import { reservedWords } from './reserved-words.ts';

/** How silver SQL reads a field, and its column name in silver. */
export type SilverColumn = {
  readonly read: string;
  readonly name: string;
  /** Of an element of the exploded array; absent in rows of records without elements. */
  readonly isItem?: true;
};

/** Alias of the landed relation if an array of it is exploded. */
export const landedAlias = 'landed';

/** The array of objects that silver explodes into one row per element: the first; undefined if there is none. */
export const explodedArray = (fields: readonly string[]): string | undefined =>
  fields.map((field) => /^([^.[]+)\[\]\./.exec(field)?.[1]).find((array) => array !== undefined);

/** Columns of silver by field name; all names differ. */
export const silverColumns = (
  fields: readonly string[],
  columnOf: (field: string) => SilverColumn | undefined,
): ReadonlyMap<string, SilverColumn> => {
  const taken = new Set<string>();
  const entries = fields.flatMap((field): [string, SilverColumn][] => {
    const column = columnOf(field);
    if (!column) return [];
    const name = freeName(column.name, taken);
    taken.add(name);
    return [[field, { ...column, name }]];
  });
  return new Map(entries);
};

/** The parser of the check reads only this many characters of a name. */
const longest = 63;

const freeName = (wanted: string, taken: ReadonlySet<string>): string => {
  const isFree = (name: string): boolean =>
    name.length <= longest && !taken.has(name) && !reservedWords.has(name);
  const usual = [wanted, `${wanted}_value`].find(isFree);
  if (usual !== undefined) return usual;
  for (let number = 2; ; number++) {
    const numbered = `${wanted.slice(0, longest - 8)}_${number}`;
    if (isFree(numbered)) return numbered;
  }
};

/** `CustomerID` becomes `customer_id`; a name in only lower or only upper case stays one word. */
const snake = (name: string): string =>
  /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(name) ? wordsOf(name).join('_') : name.toLowerCase();

/** A field of a table. */
export const plainColumn = (field: string): SilverColumn => ({
  read: field.toLowerCase(),
  name: snake(field),
});

/** A field of JSON records; undefined if it is in another array than the exploded one. */
export const pathColumn =
  (exploded: string | undefined) =>
  (field: string): SilverColumn | undefined => {
    const item = `${exploded}[].`;
    const isItem = exploded !== undefined && field.startsWith(item);
    const steps = (isItem ? field.slice(item.length) : field).split('.');
    if (steps.some((step) => step.includes('[]'))) return undefined;
    const [read, name] = [steps.join('.').toLowerCase(), steps.map(snake).join('_')];
    return isItem ? { read: `item.${read}`, name, isItem } : { read, name };
  };
