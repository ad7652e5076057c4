import { type Fields, isFields, namesIn, nodesIn, shapeOf, type TreeNode } from '../sql/tree.ts';
import { isAggregate } from './functions.ts';
import { findColumn, type Scope } from './scope.ts';

type Place = { readonly at: number; readonly message: string };

/** Expressions of a select list, or of `having`, that are neither grouped by nor part of an aggregate. */
export const groupProblems = (fields: Fields, scope: Scope): Place[] => {
  const grouped = groupsIn(fields.groupClause);
  const targets = nodesIn(fields.targetList);
  const values = [...targets.map((target) => target.fields.val), fields.havingClause];
  const isGrouped = grouped.length > 0 || fields.havingClause !== undefined || values.some(hasAggregate);
  if (!isGrouped) return [];
  const aliases = new Map(targets.map((target) => [target.fields.name, target.fields.val]));
  const keys = new Set(grouped.flatMap((node) => keysOf(node, scope, aliases)));
  return values.flatMap((value) => nodesIn(value).flatMap((node) => strays(node, keys, scope)));
};

const groupsIn = (clause: unknown): TreeNode[] =>
  nodesIn(clause).flatMap((node) => {
    if (node.kind === 'GroupingSet') return groupsIn(node.fields.content);
    return node.kind === 'RowExpr' ? groupsIn(node.fields.args) : [node];
  });

/** Identifies an expression; a column by what it means, in any notation. */
const keyOf = (node: TreeNode, scope: Scope): string => {
  const found = node.kind === 'ColumnRef' ? findColumn(namesIn(node.fields.fields), scope) : undefined;
  return found && 'id' in found ? found.id : shapeOf({ [node.kind]: node.fields });
};

const keysOf = (node: TreeNode, scope: Scope, aliases: ReadonlyMap<unknown, unknown>): string[] => {
  const [name, ...rest] = node.kind === 'ColumnRef' ? namesIn(node.fields.fields) : [];
  const isAlias = name !== undefined && rest.length === 0 && aliases.has(name);
  const named = isAlias ? nodesIn(aliases.get(name)).map((value) => keyOf(value, scope)) : [];
  return [keyOf(node, scope), ...named];
};

/** Whether an aggregate is in it; those of a select inside are of that select. */
const hasAggregate = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(hasAggregate);
  if (!isFields(value)) return false;
  return Object.entries(value).some(
    ([kind, part]) => (isFields(part) && isWhole(kind, part)) || (kind !== 'SubLink' && hasAggregate(part)),
  );
};

const isWhole = (kind: string, fields: Fields): boolean =>
  kind === 'FuncCall' && !isFields(fields.over) && isAggregate(namesIn(fields.funcname).at(-1) ?? '');

const strays = (node: TreeNode, keys: ReadonlySet<string>, scope: Scope): Place[] => {
  const { kind, fields } = node;
  if (isWhole(kind, fields) || kind === 'SubLink' || keys.has(keyOf(node, scope))) return [];
  if (kind === 'ColumnRef') return strayColumn(node, scope);
  return partsOf(fields).flatMap((part) => strays(part, keys, scope));
};

const strayColumn = ({ fields }: TreeNode, scope: Scope): Place[] => {
  const found = findColumn(namesIn(fields.fields), scope);
  if (!found || !('id' in found)) return [];
  const isOuter = !scope.relations.some(({ name }) => found.id.startsWith(`${name}.`));
  if (isOuter) return [];
  const name = namesIn(fields.fields).join('.');
  return [
    {
      at: Number(fields.location ?? 0),
      message: `${name} must be in group by or in an aggregate such as min(${name})`,
    },
  ];
};

/** Child nodes; for a window, which has no wrapper, its parts. */
const partsOf = (fields: Fields): TreeNode[] =>
  Object.entries(fields).flatMap(([field, value]) =>
    field === 'over' && isFields(value)
      ? partsOf(value)
      : nodesIn(value).filter(({ kind }) => /^[A-Z]/.test(kind)),
  );
