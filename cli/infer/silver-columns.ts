import { wordsOf } from './column-names.ts';
import { reservedWords } from './reserved-words.ts';

/** How silver SQL reads a field, and the name that it gives it. */
export type SilverColumn = {
  readonly read: string;
  readonly name: string;
  /** Of an element of the array that is taken apart; absent in rows of records without elements. */
  readonly isItem?: true;
};

/** Alias of the landed relation where an array of it is taken apart. */
export const landedAlias = 'landed';

/** The array of objects that silver takes apart, one row an element: the first; undefined where there is none. */
export const explodedArray = (fields: readonly string[]): string | undefined =>
  fields.map((field) => /^([^.[]+)\[\]\./.exec(field)?.[1]).find((array) => array !== undefined);

/** Columns of silver by the names of fields; no two have one name. */
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

/** As many characters of a name as the parser of the check reads. */
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

/** `CustomerID` is `customer_id`; names that are lower or upper case alone stay one word. */
const snake = (name: string): string =>
  /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(name) ? wordsOf(name).join('_') : name.toLowerCase();

/** A field of a table. */
export const plainColumn = (field: string): SilverColumn => ({
  read: field.toLowerCase(),
  name: snake(field),
});

/** A field of JSON records; undefined for one that lies in another array than the exploded one. */
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
