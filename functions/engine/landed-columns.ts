import { fieldPath, type PathStep, topOf } from '../validation/index.ts';
import { identifier, literal } from '../values/index.ts';
import { list } from './sql-text.ts';

/** Columns of formats with nested records, as SQL: every value a text, an empty value NULL. */

/** The rest of a column's path. */
type Place = readonly PathStep[];

/** SQL of a member of the record, by its key. */
type Member = (key: string) => string;

/** One entry of a select list for each top column. */
export const nestedColumns = (names: readonly string[], record: Member): string[] =>
  membersOf(names.map(fieldPath)).map(
    ([key, places]) => `${member(places, record(key))} as ${identifier(key)}`,
  );

/** Names of the top columns, in their order. */
export const topColumns = (names: readonly string[]): string[] => [...new Set(names.map(topOf))];

/** The literal for `from_json` that gives such records, with all values as texts. */
export const recordStructure = (names: readonly string[]): string =>
  literal(JSON.stringify(structure(names.map(fieldPath))));

const membersOf = (places: readonly Place[]): [key: string, places: Place[]][] => {
  const members = new Map<string, Place[]>();
  for (const place of places) {
    const key = place[0]?.key ?? '';
    members.set(key, [...(members.get(key) ?? []), place]);
  }
  return [...members];
};

const isArray = (places: readonly Place[]): boolean => places.some(([step]) => step?.isArray);
const isValue = (places: readonly Place[]): boolean => places.every((steps) => steps.length === 0);
const inside = (places: readonly Place[]): Place[] => places.map((steps) => steps.slice(1));

/** There is at most one array on a path, so one name for its elements is enough. */
const member = (places: readonly Place[], sql: string): string => {
  if (!isArray(places)) return value(inside(places), sql);
  return `list_transform(${sql}, lambda element: ${value(inside(places), 'element')})`;
};

const value = (places: readonly Place[], sql: string): string => {
  if (isValue(places)) return `nullif(cast(${sql} as varchar), '')`;
  const members = membersOf(places).map(
    ([key, own]) => `${identifier(key)} := ${member(own, `${sql}.${identifier(key)}`)}`,
  );
  return `struct_pack${list(members)}`;
};

type Structure = string | readonly Structure[] | { readonly [key: string]: Structure };

const structure = (places: readonly Place[]): Structure =>
  isValue(places)
    ? 'VARCHAR'
    : Object.fromEntries(
        membersOf(places).map(([key, own]) => {
          const held = structure(inside(own));
          return [key, isArray(own) ? [held] : held];
        }),
      );
