import {
  allowedForms,
  allowedFunctions,
  allowedOperators,
  allowedParts,
  allowedTypes,
  functionHints,
  nodeHints,
  plainNodes,
  typeHints,
} from './allowed.ts';
import { argumentProblem, castProblem } from './argument-rules.ts';
import { isFields, namesIn, nodesIn, shapeOf, type TreeNode } from './tree.ts';

/** What is wrong with a node that some engines lack or treat differently, and what to use instead; undefined if nothing is. */
export const problemWith = (node: TreeNode): string | undefined => {
  const rule = rules[node.kind];
  if (rule) return rule(node);
  if (plainNodes.has(node.kind)) return undefined;
  return nodeHints[node.kind] ?? `${node.kind} is not in the portable subset`;
};

/** Bits of the parser for `exclude` in a frame. */
const excludes = 0x8000 | 0x10000 | 0x20000;

const first = (...problems: (string | false | undefined)[]): string | undefined =>
  problems.find((problem): problem is string => typeof problem === 'string');

const rules: Readonly<Record<string, (node: TreeNode) => string | undefined>> = {
  SelectStmt: ({ fields }) =>
    first(
      fields.distinctClause !== undefined &&
        nodesIn(fields.distinctClause).length > 0 &&
        'distinct on is PostgreSQL’s: use row_number()',
      fields.valuesLists !== undefined && 'values in from differ: use select … union all select …',
      (fields.limitCount ?? fields.limitOffset) !== undefined &&
        'limit and fetch take any rows: use row_number() with a total order',
      nodesIn(fields.groupClause).some(({ kind }) => kind === 'A_Const') && 'group by names, not positions',
      fields.groupDistinct === true && 'group by distinct is PostgreSQL’s: leave distinct out',
      nodesIn(fields.sortClause).length > 0 && 'a relation has no order: remove order by',
    ),
  WithClause: ({ fields }) => first(fields.recursive === true && 'with recursive differs: use a macro'),
  ColumnRef: ({ fields, parent }) =>
    first(namesIn(fields.fields).includes('*') && !isWholeFinal(parent) && 'list the columns instead of *'),
  A_Const: ({ fields }) => literalProblem(fields.sval),
  RangeVar: ({ fields }) => first(fields.inh !== true && 'only is PostgreSQL’s: leave it out'),
  RangeSubselect: ({ fields }) =>
    first(
      fields.alias === undefined && 'a select in from needs a name: … as name',
      fields.lateral === true && 'lateral differs: use a join',
    ),
  JoinExpr: ({ fields }) =>
    first(
      fields.isNatural === true && 'natural joins change with the tables: name the columns',
      (fields.alias ?? fields.join_using_alias) !== undefined &&
        'a join has no name of its own: leave it out',
    ),
  TypeCast: (node) =>
    first(isIntervalCast(node.fields) && "an interval is written n * interval '1' day", castProblem(node)),
  TypeName: typeProblem,
  FuncCall: functionProblem,
  WindowDef: ({ fields }) =>
    first(
      nodesIn(fields.orderClause).some(({ fields: by }) => by.sortby_nulls !== 'SORTBY_NULLS_DEFAULT') &&
        'nulls first and last differ inside over(): order by coalesce(…)',
      (Number(fields.frameOptions ?? 0) & excludes) !== 0 &&
        'exclude is missing on Redshift and Spark: leave it out',
    ),
  A_Expr: expressionProblem,
  SubLink: ({ fields }) => formProblem('SubLink', fields.subLinkType, 'use in, exists or a join'),
  RowExpr: ({ fields, parent }) =>
    first(
      fields.row_format !== 'COERCE_IMPLICIT_CAST' && 'write (a, b), without row',
      parent?.kind === 'ResTarget' && 'a row is no column: list its parts',
    ),
  CommonTableExpr: ({ fields }) =>
    first(
      fields.ctematerialized !== 'CTEMaterializeDefault' &&
        'materialized is PostgreSQL’s and DuckDB’s: leave it out',
    ),
};

/** `select * from final`, the last line of a model. */
const isWholeFinal = (target: TreeNode | undefined): boolean => {
  const select = target?.parent;
  if (!select || select.parent || nodesIn(select.fields.targetList).length !== 1) return false;
  const [source, ...others] = nodesIn(select.fields.fromClause);
  return others.length === 0 && source?.kind === 'RangeVar' && source.fields.relname === 'final';
};

const literalProblem = (literal: unknown): string | undefined => {
  const text = isFields(literal) ? String(literal.sval ?? '') : '';
  return first(
    text.includes("'") && 'a quote in a literal is lost on Spark: use chr(39)',
    text.includes('\\') && 'a backslash in a literal differs: use chr(92)',
  );
};

const isIntervalCast = ({ typeName, arg }: TreeNode['fields']): boolean =>
  isFields(typeName) && namesIn(typeName.names).at(-1) === 'interval' && nodesIn(arg)[0]?.kind !== 'A_Const';

function typeProblem({ fields }: TreeNode): string | undefined {
  const name = namesIn(fields.names).at(-1) ?? '';
  const sizes = nodesIn(fields.typmods).length;
  if (fields.arrayBounds !== undefined) return nodeHints.A_ArrayExpr;
  if (!(name in allowedTypes))
    return `the type ${name} is not portable${typeHints[name] ? `: use ${typeHints[name]}` : ''}`;
  return first(
    name === 'varchar' && sizes !== 1 && 'varchar needs a length: varchar(n), in bytes on Redshift',
    name === 'numeric' && sizes !== 2 && 'decimal needs precision and scale: decimal(p, s)',
    name === 'numeric' &&
      !isDecimal(nodesIn(fields.typmods)) &&
      'the scale of a decimal is 0 to its precision',
    name === 'timestamp' && sizes !== 0 && 'timestamp must have no precision',
  );
}

const isDecimal = ([precision, scale]: readonly TreeNode[]): boolean =>
  constantOf(scale) !== '' && Number(constantOf(scale)) <= Number(constantOf(precision));

function functionProblem({ fields, parent }: TreeNode): string | undefined {
  const name = namesIn(fields.funcname).at(-1) ?? '';
  if (!allowedFunctions.has(name)) return rejectedFunction(name);
  const args = nodesIn(fields.args);
  return first(
    fields.agg_filter !== undefined && 'filter differs: use sum(case when … then 1 else 0 end)',
    fields.agg_order !== undefined &&
      fields.agg_within_group !== true &&
      'order by inside an aggregate differs',
    fields.agg_distinct === true && args.length !== 1 && 'count(distinct …) must have one column',
    name === 'extract' &&
      !allowedParts.has(constantOf(args[0])) &&
      `extract can take ${[...allowedParts].join(', ')}`,
    name === 'date_trunc' &&
      !isCastToDate(parent) &&
      'date_trunc returns a date or a timestamp: write cast(date_trunc(…) as date)',
    name === 'mod' && !isSafeDivisor(args[1]) && 'mod by zero differs: write mod(a, nullif(b, 0))',
    name === 'substring' && Number(constantOf(args[1]) || '1') < 1 && 'substring starts at 1',
    isUnframed(name, fields) && `${name} over (…) needs rows between … and …`,
    argumentProblem(name, fields),
  );
}

const rejectedFunction = (name: string): string => {
  const hint = functionHints[name] ?? (name.startsWith('regexp') ? functionHints.regexp_replace : undefined);
  return `the function ${name} is not portable${hint ? `: use ${hint}` : ''}`;
};

const constantOf = (node: TreeNode | undefined): string => {
  const { sval, ival } = node?.kind === 'A_Const' ? node.fields : {};
  if (isFields(sval)) return String(sval.sval ?? '');
  return isFields(ival) ? String(ival.ival ?? 0) : '';
};

const isCastToDate = (parent: TreeNode | undefined): boolean => {
  const type = parent?.kind === 'TypeCast' ? parent.fields.typeName : undefined;
  return isFields(type) && namesIn(type.names).at(-1) === 'date';
};

const isSafeDivisor = (node: TreeNode | undefined): boolean =>
  Number(constantOf(node)) !== 0 || (node?.kind === 'A_Expr' && node.fields.kind === 'AEXPR_NULLIF');

/** Bits of the parser: 1 for a frame that is written out, 4 for one of rows. */
const isUnframed = (name: string, { over }: TreeNode['fields']): boolean => {
  const needsFrame = ['sum', 'count', 'min', 'max', 'first_value', 'last_value'].includes(name);
  return needsFrame && isFields(over) && (Number(over.frameOptions ?? 0) & 5) !== 5;
};

function expressionProblem({ fields }: TreeNode): string | undefined {
  const operator = namesIn(fields.name).at(-1) ?? '';
  return first(
    formProblem('A_Expr', fields.kind, 'compare with =, in, like, between or is null'),
    fields.kind === 'AEXPR_OP' &&
      !allowedOperators.has(operator) &&
      `the operator ${operator} is not portable`,
    operator === '/' &&
      !isExactDivision(fields) &&
      'a / b is a whole number on some engines and a fraction on others: use half_up_ratio',
  );
}

/** `(a - mod(a, b)) / b`, which leaves nothing to round. */
const isExactDivision = ({ lexpr, rexpr }: TreeNode['fields']): boolean => {
  const [difference] = nodesIn(lexpr);
  if (difference?.kind !== 'A_Expr' || namesIn(difference.fields.name).at(-1) !== '-') return false;
  const [remainder] = nodesIn(difference.fields.rexpr);
  const args = remainder?.fields.args;
  const isRemainder = namesIn(remainder?.fields.funcname).at(-1) === 'mod' && Array.isArray(args);
  return isRemainder && shapeOf(args) === shapeOf([difference.fields.lexpr, rexpr]);
};

const formProblem = (kind: string, form: unknown, advice: string): string | undefined =>
  first(
    !allowedForms[kind]?.has(String(form)) &&
      `${String(form).replace('AEXPR_', '').replace('_SUBLINK', '').toLowerCase().replaceAll('_', ' ')} is not portable: ${advice}`,
  );
