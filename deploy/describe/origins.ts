import type { Column as TypedColumn } from '../../functions/values/index.ts';
import { typeOf } from '../sql/columns.ts';
import { type Fields, isFields, namesIn, nodesIn, statementOf, type TreeNode } from '../sql/tree.ts';

/** A column of a relation. */
export type Origin = { readonly relation: string; readonly column: string };

type Value = (Origin & { readonly type: string }) | 'constant' | undefined;
type Column = { readonly name: string; readonly origin?: Value };
type Columns = readonly Column[];

/** Relations by the name that a text has for them, such as `gold.dim_users`: their own name, and their columns. */
export type Known = ReadonlyMap<string, { readonly name: string; readonly columns: readonly TypedColumn[] }>;

/**
 * For each column of a select that is a column of another relation, passed on through joins, common table expressions and casts to
 * a type of the same kind: that column. In a union, a constant on one side does not count. Needs the loaded parser, and a text that parses.
 */
export const columnOrigins = (sql: string, known: Known): ReadonlyMap<string, Origin> => {
  const given = [...known].map(([text, { name, columns }]): [string, Columns] => [
    text,
    columns.map((column) => ({
      name: column.name,
      origin: { relation: name, column: column.name, type: kindOf(column.type) },
    })),
  ]);
  const columns = selectColumns(statementOf(sql)?.fields ?? {}, new Map(given));
  return new Map(
    columns.flatMap(({ name, origin }): [string, Origin][] =>
      origin === undefined || origin === 'constant'
        ? []
        : [[name, { relation: origin.relation, column: origin.column }]],
    ),
  );
};

type Relations = ReadonlyMap<string, Columns>;

const selectColumns = (fields: Fields, outer: Relations): Columns => {
  const relations = withExpressions(fields, outer);
  if (isFields(fields.larg) && isFields(fields.rarg))
    return union(selectColumns(fields.larg, relations), selectColumns(fields.rarg, relations));
  const read = nodesIn(fields.fromClause).flatMap((item) => relationsIn(item, relations));
  return nodesIn(fields.targetList).flatMap((target) => targetColumns(target, read));
};

const withExpressions = ({ withClause }: Fields, outer: Relations): Relations => {
  let relations = outer;
  for (const { fields } of isFields(withClause) ? nodesIn(withClause.ctes) : []) {
    const [query] = nodesIn(fields.ctequery);
    const columns = query ? selectColumns(query.fields, relations) : [];
    relations = new Map([...relations, [String(fields.ctename), columns]]);
  }
  return relations;
};

const union = (left: Columns, right: Columns): Columns =>
  left.map(({ name, origin }, at) => {
    const other = right[at]?.origin;
    if (other === 'constant') return { name, origin };
    if (origin === 'constant') return { name, origin: other };
    return { name, ...(isSame(origin, other) && { origin }) };
  });

const isSame = (one: Value, other: Value): boolean => JSON.stringify(one) === JSON.stringify(other);

type Named = { readonly name: string; readonly columns: Columns };

const relationsIn = ({ kind, fields }: TreeNode, relations: Relations): Named[] => {
  if (kind === 'JoinExpr')
    return [fields.larg, fields.rarg].flatMap((side) =>
      nodesIn(side).flatMap((node) => relationsIn(node, relations)),
    );
  const alias = isFields(fields.alias) ? fields.alias.aliasname : undefined;
  const [subquery] = nodesIn(fields.subquery);
  const { schemaname, relname } = fields;
  const text = typeof schemaname === 'string' ? `${schemaname}.${String(relname)}` : String(relname);
  const columns = subquery ? selectColumns(subquery.fields, relations) : (relations.get(text) ?? []);
  return [{ name: String(alias ?? relname ?? ''), columns }];
};

const targetColumns = ({ fields }: TreeNode, read: readonly Named[]): Column[] => {
  const [value] = nodesIn(fields.val);
  const path = value?.kind === 'ColumnRef' ? namesIn(value.fields.fields) : [];
  if (path.at(-1) === '*')
    return read.filter(({ name }) => path.length === 1 || name === path[0]).flatMap(({ columns }) => columns);
  return [{ name: String(fields.name ?? path.at(-1) ?? ''), origin: originOf(value, read) }];
};

/** A cast to another size keeps the meaning of a value; the day of a moment is another value. */
const originOf = (value: TreeNode | undefined, read: readonly Named[]): Value => {
  if (value?.kind === 'A_Const') return 'constant';
  if (value?.kind === 'ColumnRef') return columnAt(namesIn(value.fields.fields), read)?.origin;
  if (value?.kind !== 'TypeCast') return undefined;
  const origin = originOf(nodesIn(value.fields.arg)[0], read);
  if (origin === undefined || origin === 'constant') return origin;
  return origin.type === kindOf(typeOf(value.fields.typeName) ?? '') ? origin : undefined;
};

const kindOf = (type: string): string => type.replace(/\(.*/, '').replace(/^(small|big)int$/, 'integer');

const columnAt = (path: readonly string[], read: readonly Named[]): Column | undefined => {
  const [relation, column] = path.length > 1 ? path : [undefined, path[0]];
  const found = read
    .filter(({ name }) => relation === undefined || name === relation)
    .flatMap(({ columns }) => columns.filter(({ name }) => name === column));
  return found.length === 1 ? found[0] : undefined;
};
