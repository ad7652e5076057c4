import { fieldPath, type PathStep } from '../validation/index.ts';
import { identifier } from '../values/index.ts';
import { topColumns } from './landed-columns.ts';
import type { Reading } from './reading.ts';
import { list } from './sql-text.ts';

/** Columns under the names of the manifest's fields, computed from columns under their names in the files. */

/** A column of the landed relation, and the column of the files, or the path in their records, that it is read from. */
export type LandedColumn = { readonly name: string; readonly from: string };

/** The rest of a field's path, and of the path that it is read from. */
type Place = { readonly name: readonly PathStep[]; readonly from: readonly PathStep[] };

/** A reading whose columns have the names of the fields; if names are not paths, `isNested` is false. */
export const asFields = (reading: Reading, columns: readonly LandedColumn[], isNested: boolean): Reading => {
  const pathOf = isNested ? fieldPath : (name: string): PathStep[] => [{ key: name, isArray: false }];
  const froms = columns.map(({ from }) => from);
  const tops = isNested ? topColumns(froms) : froms;
  const places = columns.map(({ name, from }) => ({ name: pathOf(name), from: pathOf(from) }));
  const held = reading.columns.map((_, at) => `c${at}`);
  const inner = [...reading.columns, `${reading.unknown} as unknown`, `${reading.path} as path`];
  return {
    // By position: a column of the file may have the name of a column of the lake.
    relation: `(select * from (select ${inner.join(', ')} from ${reading.relation} as landed) as columns${list([...held, 'unknown', 'path'])})`,
    path: 'landed.path',
    columns: membersOf(places).map(
      ([key, own]) => `${member(own, (top) => `landed.c${tops.indexOf(top)}`)} as ${identifier(key)}`,
    ),
    unknown: 'landed.unknown',
  };
};

const membersOf = (places: readonly Place[]): [key: string, places: Place[]][] => {
  const members = new Map<string, Place[]>();
  for (const place of places) {
    const key = place.name[0]?.key ?? '';
    members.set(key, [...(members.get(key) ?? []), place]);
  }
  return [...members];
};

/** SQL of a member of a value, by its key. */
type Held = (key: string) => string;

/** Fields of one array are read from one array. */
const member = (places: readonly Place[], held: Held): string => {
  const [first] = places;
  const array = (first?.from ?? []).findIndex(({ isArray }) => isArray) + 1;
  if (!first?.name[0]?.isArray)
    return value(
      places.map(({ name, from }) => ({ name: name.slice(1), from })),
      held,
    );
  const inside = places.map(({ name, from }) => ({ name: name.slice(1), from: from.slice(array) }));
  const element = value(inside, (key) => `element.${identifier(key)}`);
  return `list_transform(${at(first.from.slice(0, array), held)}, lambda element: ${element})`;
};

const value = (places: readonly Place[], held: Held): string => {
  const [first] = places;
  if (!first || first.name.length === 0) return first?.from.length ? at(first.from, held) : 'element';
  const members = membersOf(places).map(([key, own]) => `${identifier(key)} := ${member(own, held)}`);
  return `struct_pack${list(members)}`;
};

const at = ([top, ...steps]: readonly PathStep[], held: Held): string =>
  [held(top?.key ?? ''), ...steps.map(({ key }) => identifier(key))].join('.');
