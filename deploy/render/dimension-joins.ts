import { typeOf } from '../sql/columns.ts';
import { type Fields, isFields, namesIn, nodesIn, statementOf, type TreeNode } from '../sql/tree.ts';

/** Finds the dimensions that a select reads in another way than by a join of their natural key with columns of its own rows. */

/** A column of a relation; `origin` is set if it is exactly that column. */
export type JoinColumn = { readonly name: string; readonly type?: string; readonly origin?: string };

/** The rows that a select reads or returns. Dimensions that are not yet joined to a row are `pending`. */
export type JoinRelation = { readonly pending?: string; readonly columns: readonly JoinColumn[] };

/** For each dimension its natural key: pairs of origins that a join must compare, the dimension's own first. */
export type NaturalKeys = ReadonlyMap<string, readonly (readonly [own: string, row: string])[]>;

type Reading = {
  readonly relations: ReadonlyMap<string, JoinRelation>;
  readonly keys: NaturalKeys;
  /** Called for every relation whose pending dimension may reach rows in another way. */
  readonly lose: (relation: JoinRelation) => void;
};

/**
 * The relation that a select returns, and the dimensions whose changes may change rows without their natural key. What is not
 * understood counts as such. Needs the loaded parser, and a text that parses.
 */
export const dimensionJoins = (
  sql: string,
  relations: ReadonlyMap<string, JoinRelation>,
  keys: NaturalKeys,
): { relation: JoinRelation; otherwise: ReadonlySet<string> } => {
  const otherwise = new Set<string>();
  const lose = ({ pending }: JoinRelation): void => void (pending !== undefined && otherwise.add(pending));
  const select = statementOf(sql);
  const relation = select ? relationOf(select.fields, { relations, keys, lose }) : nothing;
  lose(relation);
  return { relation: { columns: relation.columns }, otherwise };
};

const nothing: JoinRelation = { columns: [] };

const relationOf = (fields: Fields, outer: Reading): JoinRelation => {
  const reading = withExpressions(fields, outer);
  if (isFields(fields.larg) && isFields(fields.rarg)) return unionOf(fields.larg, fields.rarg, reading);
  const { fromClause, withClause: _, ...rest } = fields;
  loseSelectsIn(rest, reading);
  const sources = nodesIn(fromClause).map((item) => sourcesIn(item, reading));
  const [only = nothingRead, ...others] = sources;
  for (const source of others.length > 0 ? sources : []) lose(source, reading);
  const all = sources.flatMap(({ relations }) => relations);
  const columns = nodesIn(fields.targetList).flatMap((target) => columnsOf(target, all));
  if (others.length > 0 || only.pending === undefined) return { columns };
  if (hasWindow(rest)) lose(only, reading);
  return { columns, pending: only.pending };
};

const withExpressions = ({ withClause }: Fields, reading: Reading): Reading => {
  let { relations } = reading;
  for (const { fields } of isFields(withClause) ? nodesIn(withClause.ctes) : []) {
    const query = nodesIn(fields.ctequery)[0];
    const relation = query ? relationOf(query.fields, { ...reading, relations }) : nothing;
    relations = new Map([...relations, [String(fields.ctename), renamed(relation, fields.aliascolnames)]]);
  }
  return { ...reading, relations };
};

const renamed = (relation: JoinRelation, names: unknown): JoinRelation => {
  const given = namesIn(names);
  return {
    ...relation,
    columns: relation.columns.map((column, at) => ({ ...column, name: given[at] ?? column.name })),
  };
};

/** In a union, a column keeps its origin only if both sides have it. */
const unionOf = (left: Fields, right: Fields, reading: Reading): JoinRelation => {
  const [one, other] = [relationOf(left, reading), relationOf(right, reading)];
  reading.lose(one);
  reading.lose(other);
  const columns = one.columns.map((column, at) =>
    column.origin === other.columns[at]?.origin ? column : { name: column.name },
  );
  return { columns };
};

type Named = { readonly name: string; readonly columns: readonly JoinColumn[] };
type Sources = { readonly pending?: string | undefined; readonly relations: readonly Named[] };
const nothingRead: Sources = { relations: [] };

const lose = ({ pending }: Sources, reading: Reading): void =>
  reading.lose(pending === undefined ? nothing : { pending, columns: [] });

const sourcesIn = ({ kind, fields }: TreeNode, reading: Reading): Sources => {
  if (kind === 'JoinExpr') return joinOf(fields, reading);
  const alias = isFields(fields.alias) ? fields.alias : undefined;
  const read =
    kind === 'RangeSubselect'
      ? relationOf(nodesIn(fields.subquery)[0]?.fields ?? {}, reading)
      : (reading.relations.get(relationName(fields)) ?? nothing);
  const name = String(alias?.aliasname ?? fields.relname ?? '');
  return {
    pending: read.pending,
    relations: [{ name, columns: renamed(read, alias?.colnames).columns }],
  };
};

const relationName = ({ schemaname, relname }: Fields): string =>
  typeof schemaname === 'string' ? `${schemaname}.${String(relname)}` : String(relname);

const joinOf = (fields: Fields, reading: Reading): Sources => {
  const [left = nothingRead, right = nothingRead] = [fields.larg, fields.rarg].map((side) =>
    nodesIn(side)
      .map((node) => sourcesIn(node, reading))
      .at(0),
  );
  loseSelectsIn(fields.quals, reading);
  if (!isByNaturalKey(fields, left, right, reading.keys))
    for (const side of [left, right]) lose(side, reading);
  return { relations: [...left.relations, ...right.relations] };
};

/**
 * True if the join attaches rows of one dimension to rows that hold its natural key, and returns no rows of the dimension
 * alone.
 */
const isByNaturalKey = (fields: Fields, left: Sources, right: Sources, keys: NaturalKeys): boolean => {
  const dimension = left.pending ?? right.pending ?? '';
  const isOneSided = (left.pending === undefined) !== (right.pending === undefined);
  const attaching = ['JOIN_INNER', left.pending === undefined ? 'JOIN_LEFT' : 'JOIN_RIGHT'];
  if (!isOneSided || !attaching.includes(String(fields.jointype))) return false;
  const compared = comparedIn(fields, left, right);
  const key = keys.get(dimension) ?? [];
  return key.length > 0 && key.every((pair) => compared.has([...pair].sort().join(' = ')));
};

/** Pairs of origins that are equal in every row of a join. */
const comparedIn = (fields: Fields, left: Sources, right: Sources): ReadonlySet<string> => {
  const all = [...left.relations, ...right.relations];
  const using = namesIn(fields.usingClause).map((name) =>
    [left, right].map(({ relations }) => columnAt([name], relations)?.origin),
  );
  const on = conjunctsOf(nodesIn(fields.quals)[0]).flatMap(
    ({ kind, fields: { kind: form, name, ...sides } }) =>
      kind === 'A_Expr' && form === 'AEXPR_OP' && namesIn(name).join() === '='
        ? [[sides.lexpr, sides.rexpr].map((side) => columnIn(nodesIn(side)[0], all)?.origin)]
        : [],
  );
  const pairs = [...using, ...on].filter((pair) => pair.every((origin) => origin !== undefined));
  return new Set(pairs.map((pair) => pair.sort().join(' = ')));
};

const conjunctsOf = (node: TreeNode | undefined): TreeNode[] => {
  if (node?.kind !== 'BoolExpr' || node.fields.boolop !== 'AND_EXPR') return node ? [node] : [];
  return nodesIn(node.fields.args).flatMap(conjunctsOf);
};

const columnsOf = ({ fields }: TreeNode, relations: readonly Named[]): JoinColumn[] => {
  const [value] = nodesIn(fields.val);
  const path = value?.kind === 'ColumnRef' ? namesIn(value.fields.fields) : [];
  if (path.at(-1) === '*')
    return relations
      .filter(({ name }) => path.length === 1 || name === path[0])
      .flatMap(({ columns }) => columns);
  const column = columnIn(value, relations);
  const name = typeof fields.name === 'string' ? fields.name : (path.at(-1) ?? '');
  return [{ ...column, name }];
};

/** The column that an expression is; a cast to the column's own type changes nothing. */
const columnIn = (value: TreeNode | undefined, relations: readonly Named[]): JoinColumn | undefined => {
  if (value?.kind === 'ColumnRef') return columnAt(namesIn(value.fields.fields), relations);
  if (value?.kind !== 'TypeCast') return undefined;
  const column = columnIn(nodesIn(value.fields.arg)[0], relations);
  return column?.type !== undefined && column.type === typeOf(value.fields.typeName) ? column : undefined;
};

const columnAt = (path: readonly string[], relations: readonly Named[]): JoinColumn | undefined => {
  const [relation, name] = path.length > 1 ? path : [undefined, path[0]];
  const found = relations
    .filter((one) => relation === undefined || one.name === relation)
    .flatMap(({ columns }) => columns.filter((column) => column.name === name));
  return found.length === 1 ? found[0] : undefined;
};

const loseSelectsIn = (value: unknown, reading: Reading): void => {
  if (Array.isArray(value)) for (const item of value) loseSelectsIn(item, reading);
  if (!isFields(value)) return;
  for (const [name, inner] of Object.entries(value))
    if (name === 'subselect')
      for (const { fields } of nodesIn(inner)) reading.lose(relationOf(fields, reading));
    else loseSelectsIn(inner, reading);
};

const hasWindow = (value: unknown): boolean => {
  if (Array.isArray(value)) return value.some(hasWindow);
  return (
    isFields(value) && Object.entries(value).some(([name, inner]) => name === 'over' || hasWindow(inner))
  );
};
