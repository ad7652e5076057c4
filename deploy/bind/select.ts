import { nameHint } from '../../functions/values/index.ts';
import { byteOffset, type Fields, isFields, namesIn, nodesIn, statementOf } from '../sql/tree.ts';
import { type Around, condition, placeOf, typeOf } from './expression.ts';
import { groupProblems } from './groups.ts';
import { type Column, findColumn, innerScope, type Relation, type Scope } from './scope.ts';
import { anyType, commonType, describeType } from './types.ts';

/** A place in a text that does not fit what it reads; `offset` in characters. */
export type Mismatch = { readonly offset: number; readonly message: string };

/** Columns of relations by the name under which a select reads them, `gold.dim_date`. */
export type Relations = ReadonlyMap<string, readonly Column[] | undefined>;

type Reading = {
  readonly relations: Relations;
  readonly complain: Around['complain'];
  readonly noteRead: Around['noteRead'];
};

/**
 * Checks one select against the relations that it reads: every name must exist and be unambiguous, and types must fit without
 * casts that only some engines add. `noteRead` is called with the path of every column that is named, without its relation.
 * Needs the loaded parser, and a text that parses.
 */
export const bindSelect = (
  sql: string,
  relations: Relations,
  noteRead: (path: string) => void = () => {},
): Mismatch[] => {
  const found = new Map<string, { at: number; message: string }>();
  const complain = (at: number, message: string) => found.set(`${at} ${message}`, { at, message });
  const select = statementOf(sql);
  if (select?.kind === 'SelectStmt') columnsOf(select.fields, undefined, { relations, complain, noteRead });
  const bytes = Buffer.from(sql);
  return [...found.values()].map(({ at, message }) => ({
    offset: bytes.subarray(0, at).toString().length,
    message,
  }));
};

type Columns = readonly Column[] | undefined;

const columnsOf = (fields: Fields, outer: Scope | undefined, reading: Reading): Columns => {
  const inner = withExpressions(fields, outer, reading);
  return isFields(fields.larg) && isFields(fields.rarg)
    ? bothColumns(fields, outer, inner)
    : ownColumns(fields, outer, inner);
};

const withExpressions = ({ withClause }: Fields, outer: Scope | undefined, reading: Reading): Reading => {
  let { relations } = reading;
  for (const { fields } of isFields(withClause) ? nodesIn(withClause.ctes) : []) {
    const query = nodesIn(fields.ctequery)[0];
    const columns = query && columnsOf(query.fields, outer, { ...reading, relations });
    const renamed = namesIn(fields.aliascolnames);
    const own = columns?.map((column, at) => ({ ...column, name: renamed[at] ?? column.name }));
    relations = new Map([...relations, [String(fields.ctename), own]]);
  }
  return { ...reading, relations };
};

/** Selects in a union must have the same number of columns, with types that fit. */
const bothColumns = (fields: Fields, outer: Scope | undefined, reading: Reading): Columns => {
  const sides = [fields.larg, fields.rarg].map((side) =>
    isFields(side) ? { at: placeOfSelect(side), columns: columnsOf(side, outer, reading) } : undefined,
  );
  const [left, right] = sides;
  if (!left?.columns || !right?.columns) return left?.columns ?? right?.columns;
  const word = String(fields.op).replace('SETOP_', '').toLowerCase();
  const {
    columns: [...others],
    at,
  } = { ...right, columns: right.columns };
  if (left.columns.length !== others.length) {
    reading.complain(at, `${word} combines ${left.columns.length} columns with ${others.length}`);
    return left.columns;
  }
  return left.columns.map((column, index) => {
    const other = others[index];
    const type = other && commonType(column.type, other.type);
    if (other && !type)
      reading.complain(
        at,
        `${word} combines ${describeType(column.type)}, ${column.name}, with ${describeType(other.type)}: cast one of them`,
      );
    return { name: column.name, type: type ?? anyType };
  });
};

const placeOfSelect = (fields: Fields): number => {
  if (isFields(fields.larg)) return placeOfSelect(fields.larg);
  const [target] = nodesIn(fields.targetList);
  return byteOffset(target);
};

const ownColumns = (fields: Fields, outer: Scope | undefined, reading: Reading): Columns => {
  const at = placeOfSelect(fields);
  const { complain, noteRead } = reading;
  const inner = (select: Fields, around: Scope) => columnsOf(select, around, reading);
  const merged = new Set<string>();
  const joins: ((around: Around) => void)[] = [];
  const relations = nodesIn(fields.fromClause).flatMap((item) =>
    relationsIn({ [item.kind]: item.fields }, { outer, reading, merged, joins }),
  );
  for (const duplicate of duplicatesIn(relations.map(({ name }) => name)))
    complain(at, `two relations are called ${duplicate}: give one of them another name`);
  const scope: Scope = { relations, merged, outer };
  const around: Around = { scope, complain, noteRead, columnsOf: inner, at };
  for (const bindJoin of joins) bindJoin({ ...around, noAggregate: 'is not allowed in on' });
  if (fields.whereClause)
    condition(
      fields.whereClause,
      { ...around, noAggregate: 'is not allowed in where: compute it one step earlier' },
      'where',
    );
  if (fields.havingClause) condition(fields.havingClause, around, 'having');
  const columns = targetColumns(fields, around);
  for (const { at: place, message } of groupProblems(fields, scope)) complain(place || at, message);
  bindGroups(fields, around, columns);
  return columns;
};

const duplicatesIn = (names: readonly string[]): string[] => [
  ...new Set(names.filter((name, at) => names.indexOf(name) < at)),
];

const bindGroups = ({ groupClause }: Fields, around: Around, columns: Columns): void => {
  for (const { kind, fields } of groupedIn(groupClause)) {
    const [name = '', ...rest] = kind === 'ColumnRef' ? namesIn(fields.fields) : [];
    const found = findColumn([name, ...rest], around.scope);
    const isAlias = rest.length === 0 && columns?.some((column) => column.name === name);
    if (kind !== 'ColumnRef' || !isAlias || !found || 'type' in found)
      typeOf({ [kind]: fields }, { ...around, noAggregate: 'is not allowed in group by' });
  }
};

const groupedIn = (clause: unknown): ReturnType<typeof nodesIn> =>
  nodesIn(clause).flatMap((node) => (node.kind === 'GroupingSet' ? groupedIn(node.fields.content) : [node]));

const targetColumns = ({ targetList }: Fields, around: Around): Columns => {
  const columns: Column[] = [];
  for (const target of nodesIn(targetList)) {
    const [value] = nodesIn(target.fields.val);
    const path = value?.kind === 'ColumnRef' ? namesIn(value.fields.fields) : [];
    if (path.at(-1) === '*') {
      const read = around.scope.relations.filter(({ name }) => path.length === 1 || name === path[0]);
      if (read.some((relation) => relation.columns === undefined)) return undefined;
      columns.push(...read.flatMap((relation) => relation.columns ?? []));
      continue;
    }
    const type = typeOf(target.fields.val, { ...around, at: byteOffset(target) });
    const name = typeof target.fields.name === 'string' ? target.fields.name : meantName(path, around);
    columns.push({ name, type: type.family === 'literal' ? { family: 'text' } : type });
  }
  return columns;
};

/** A misspelt name is read as the most similar one, so that the same mistake is not reported again where it is used. */
const meantName = (path: readonly string[], { scope }: Around): string => {
  const found = path.length > 0 ? findColumn(path, scope) : undefined;
  return (found && 'problem' in found ? found.meant : undefined) ?? path.at(-1) ?? '';
};

const skips = 'Redshift cannot read it in a select in from: use a join';

type From = {
  readonly outer: Scope | undefined;
  readonly reading: Reading;
  readonly merged: Set<string>;
  /** Conditions of joins, bound after all relations are known. */
  readonly joins: ((around: Around) => void)[];
};

const relationsIn = (item: unknown, from: From): Relation[] => {
  const [node] = nodesIn(item);
  if (!node) return [];
  const { kind, fields } = node;
  const alias = isFields(fields.alias) ? fields.alias : undefined;
  if (kind === 'JoinExpr') return joinedRelations(fields, from);
  const columns =
    kind === 'RangeSubselect'
      ? columnsOf(
          nodesIn(fields.subquery)[0]?.fields ?? {},
          from.outer && innerScope(from.outer, skips),
          from.reading,
        )
      : readColumns(fields, from.reading);
  const renamed = namesIn(alias?.colnames);
  return [
    {
      name: String(alias?.aliasname ?? fields.relname ?? ''),
      columns: columns?.map((column, at) => ({ ...column, name: renamed[at] ?? column.name })),
    },
  ];
};

const readColumns = (fields: Fields, { relations, complain }: Reading): Columns => {
  const schema = typeof fields.schemaname === 'string' ? `${fields.schemaname}.` : '';
  const name = `${schema}${String(fields.relname)}`;
  if (!relations.has(name) && !isOfBroken(name, relations))
    complain(placeOf({ RangeVar: fields }, { at: 0 }), unknownRelation(name, relations));
  return relations.get(name);
};

/** What a rebuild touches of a fact that could not be rendered. */
const isOfBroken = (name: string, relations: Relations): boolean =>
  [...relations].some(
    ([known, columns]) =>
      columns === undefined && known.startsWith('gold.') && name.startsWith(`affected_${known.slice(5)}_`),
  );

const unknownRelation = (name: string, relations: Relations): string => {
  if (name.startsWith('affected_'))
    return `${name} does not exist here: affected values are a fact's partition, and partition and spine of its KPIs. KPIs and checks can read all of them, the fact only its partition`;
  if (name === 'nothing') return 'the model that it refers to does not exist';
  const isSource = name.includes('.');
  const own = [...relations.keys()].filter(
    (known) => known.includes('.') === isSource && !/^(affected_|__dbt__)/.test(known),
  );
  if (isSource) return `there is no relation ${name}${nameHint(name, own)}`;
  return `there is no relation ${name}${nameHint(name, own)}; read models with ref('…')`;
};

const joinedRelations = (fields: Fields, from: From): Relation[] => {
  const left = relationsIn(fields.larg, from);
  const right = relationsIn(fields.rarg, from);
  const relations = [...left, ...right];
  for (const name of namesIn(fields.usingClause)) {
    from.merged.add(name);
    from.joins.push((around) => bindUsing(name, { left, right }, around));
  }
  if (fields.quals)
    from.joins.push((around) => {
      const scope = { ...around.scope, relations };
      const isOuterJoin = fields.jointype !== undefined && fields.jointype !== 'JOIN_INNER';
      condition(fields.quals, { ...around, scope, isOuterJoin }, 'on');
    });
  return relations;
};

const bindUsing = (
  name: string,
  { left, right }: { left: readonly Relation[]; right: readonly Relation[] },
  around: Around,
): void => {
  const types = [left, right].map((relations) => {
    const found = findColumn([name], { relations, merged: around.scope.merged });
    if (found && 'problem' in found) around.complain(around.at, `using (${name}): ${found.problem}`);
    return found && 'type' in found ? found.type : anyType;
  });
  const [one = anyType, other = anyType] = types;
  if (commonType(one, other) === undefined)
    around.complain(
      around.at,
      `using (${name}) compares ${describeType(one)} with ${describeType(other)}: cast one of them`,
    );
};
