import { wordsOf } from './column-names.ts';

/** How silver SQL reads a landed column, and the name that it gives it. */
export type SilverColumn = {
  readonly read: string;
  readonly name: string;
  /** Of an element of the array that is taken apart; absent in rows of records without elements. */
  readonly isItem?: true;
};

/** Words that are no name of a column for PostgreSQL, whose parser judges all SQL, or for DuckDB; Spark takes any. */
const reserved = new Set(
  `all analyse analyze and anti any array as asc asof asymmetric at authorization between binary both by case cast check collate
  collation column concurrently constraint create cross current_catalog current_date current_role current_schema current_time
  current_timestamp current_user default deferrable desc describe distinct do else end except false fetch for foreign freeze
  from full glob grant group having ilike in initially inner intersect interval into is isnull join lambda lateral leading left
  like limit localtime localtimestamp natural not notnull null offset on only or order outer overlaps pivot pivot_longer
  pivot_wider placing positional primary qualify references returning right select semi session_user show similar some
  summarize symmetric system_user table tablesample then to trailing true union unique unpack unpivot user using values variadic
  verbose when where window with
  batch_id item item_number landed_at landed_file landed_version`.split(/\s+/),
);

/** Alias of the landed relation, behind which words of SQL are names. */
export const landedAlias = 'landed';

/** The array of objects that silver takes apart, one row an element: the first; undefined where there is none. */
export const explodedArray = (paths: readonly string[]): string | undefined =>
  paths.map((path) => /^([a-z_][a-z0-9_]*)\[\]\./i.exec(path)?.[1]).find((array) => array !== undefined);

/** Columns of silver by the names of columns or paths, for those that SQL can say unquoted; no two have one name. */
export const silverColumns = (
  names: readonly string[],
  columnOf: (name: string) => SilverColumn | undefined,
): ReadonlyMap<string, SilverColumn> => {
  const taken = new Set<string>();
  const entries = names.flatMap((name): [string, SilverColumn][] => {
    const column = columnOf(name);
    if (!column) return [];
    let free = column.name;
    while (taken.has(free)) free += '_value';
    taken.add(free);
    return [[name, { ...column, name: free }]];
  });
  return new Map(entries);
};

/** `CustomerID` is `customer_id`; names that are lower or upper case alone stay one word. */
const snake = (name: string): string =>
  /[a-z][A-Z]|[A-Z]{2}[a-z]/.test(name) ? wordsOf(name).join('_') : name.toLowerCase();

const plain = (name: string): string | undefined => {
  const lower = name.toLowerCase();
  return /^[a-z_][a-z0-9_]*$/.test(lower) ? lower : undefined;
};

/** A column of a table; undefined for a name that SQL cannot say unquoted. */
export const plainColumn = (name: string): SilverColumn | undefined => {
  const lower = plain(name);
  if (lower === undefined) return undefined;
  const read = reserved.has(lower) ? `${landedAlias}.${lower}` : lower;
  return { read, name: reserved.has(snake(name)) ? `${snake(name)}_value` : snake(name) };
};

/** A path of JSON records; undefined for one through another array than the exploded one. */
export const pathColumn =
  (exploded: string | undefined) =>
  (path: string): SilverColumn | undefined => {
    const item = `${exploded}[].`;
    const isItem = exploded !== undefined && path.startsWith(item);
    const steps = (isItem ? path.slice(item.length) : path).split('.').map(plain);
    const known = steps.filter((step) => step !== undefined);
    if (known.length < steps.length || known.some((step) => reserved.has(step))) return undefined;
    const [read, name] = [
      known.join('.'),
      path
        .slice(isItem ? item.length : 0)
        .split('.')
        .map(snake)
        .join('_'),
    ];
    return isItem ? { read: `item.${read}`, name, isItem } : { read, name };
  };
