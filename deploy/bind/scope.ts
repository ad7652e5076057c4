import { nameHint, nearestName } from '../../functions/values/index.ts';
import type { Type } from './types.ts';

/** A relation in a select; `columns` is undefined if a problem left them unknown. */
export type Relation = { readonly name: string; readonly columns: readonly Column[] | undefined };
export type Column = { readonly name: string; readonly type: Type };

/** The relations that names in a select can mean: first those of its `from`, then those of the outer selects. */
export type Scope = {
  readonly relations: readonly Relation[];
  /** Columns that `using` merged into one. */
  readonly merged: ReadonlySet<string>;
  readonly outer?: Scope | undefined;
  /** Why Redshift cannot read its columns from the select that is being bound; undefined if it can. */
  readonly barred?: string | undefined;
};

/**
 * The column that a name means, with an `id` that is unique in the scope; or what is wrong with the name, and the most similar
 * name.
 */
export type Found =
  | { readonly id: string; readonly type: Type }
  | { readonly problem: string; readonly meant?: string | undefined }
  | undefined;

/** Looks up `column`, `relation.column` or `column.member`; undefined if unknown columns make it undecidable. */
export const findColumn = (path: readonly string[], scope: Scope): Found => {
  const [first = '', second] = path;
  if (second !== undefined) {
    const [relation, barred] = relationNamed(first, scope);
    if (relation) return unlessBarred(inRelation(relation, second), barred);
    const record = second === '*' ? undefined : findColumn([first], scope);
    if (record && 'type' in record) return memberOf(record, path.slice(1));
    return { problem: `no relation ${first} is read here${nameHint(first, namesOf(scope))}` };
  }
  return inScope(first, scope);
};

/** The relation of a name, and why its columns cannot be read. */
const relationNamed = (name: string, scope: Scope | undefined): [Relation?, (string | undefined)?] => {
  if (!scope) return [];
  const relation = scope.relations.find((one) => one.name === name);
  return relation ? [relation, scope.barred] : relationNamed(name, scope.outer);
};

const unlessBarred = (found: Found, barred: string | undefined): Found =>
  found && 'id' in found && barred !== undefined
    ? { problem: `${found.id} is a column of an outer select: ${barred}`, meant: found.id.split('.').at(-1) }
    : found;

/** A select inside of a select, which reads the columns of an outer one at most as Redshift does. */
export const innerScope = (scope: Scope, barred: string | undefined): Scope => ({
  ...scope,
  barred: scope.barred ?? barred,
  outer: scope.outer && innerScope(scope.outer, 'Redshift cannot skip the select between them: use a join'),
});

const inRelation = ({ name, columns }: Relation, wanted: string): Found => {
  if (columns === undefined) return undefined;
  const column = columns.find((one) => one.name === wanted);
  if (column) return { id: `${name}.${wanted}`, type: column.type };
  const names = columns.map((one) => one.name);
  return {
    problem: `${shown(name)} has no column ${wanted}${nameHint(wanted, names)}`,
    meant: nearestName(wanted, names),
  };
};

const memberOf = (record: { id: string; type: Type }, [name = '', ...rest]: readonly string[]): Found => {
  const { members } = record.type;
  if (!members) return record.type.family === 'any' ? undefined : { problem: `${record.id} has no members` };
  const type = members.get(name);
  if (!type) return { problem: `${record.id} has no member ${name}${nameHint(name, [...members.keys()])}` };
  const found = { id: `${record.id}.${name}`, type };
  return rest.length === 0 ? found : memberOf(found, rest);
};

const inScope = (name: string, scope: Scope): Found => {
  const holders = scope.relations.filter(({ columns }) => columns?.some((column) => column.name === name));
  const [holder, rival] = holders;
  if (rival && !scope.merged.has(name))
    return {
      problem: `${name} is ambiguous: write ${holders.map((one) => `${one.name}.${name}`).join(' or ')}`,
    };
  if (holder) return unlessBarred(inRelation(holder, name), scope.barred);
  if (scope.relations.some(({ columns }) => columns === undefined)) return undefined;
  if (scope.outer) {
    const outer = inScope(name, scope.outer);
    if (!outer || 'type' in outer) return outer;
  }
  const names = columnNames(scope);
  return {
    problem: `there is no column ${name}${nameHint(name, names)}`,
    meant: nearestName(name, names),
  };
};

const columnNames = ({ relations }: Scope): string[] => [
  ...new Set(relations.flatMap(({ columns }) => (columns ?? []).map(({ name }) => name))),
];

const namesOf = (scope: Scope | undefined): string[] =>
  scope ? [...scope.relations.map(({ name }) => name), ...namesOf(scope.outer)] : [];

/** The model's own name, if it has no table. */
const shown = (relation: string): string => relation.replace(/^__dbt__cte__/, '');
