import { byteOffset, isFields, namesIn, nodesIn, type TreeNode } from '../sql/tree.ts';
import { type Finder, holds, longNames, reservedNames, systemNames } from './names.ts';
import { type Page, pages } from './pages.ts';

/** A documented restriction of Redshift's SQL, for a text of a model and for each statement of a rebuild. */
export type TextRule = {
  readonly page: Page;
  /** In words, for the list in the documentation. */
  readonly says: string;
  readonly find: Finder;
};

const wordsOf = (text: string): ReadonlySet<string> => new Set(text.trim().split(/\s+/));

const leaderOnly = wordsOf(`
  current_schema current_schemas has_database_privilege has_schema_privilege has_table_privilege age isfinite now getbit get_bit
  get_byte set_bit set_byte to_ascii pg_backend_pid pg_cancel_backend pg_terminate_backend`);

const missing = wordsOf(`
  string_agg array_agg every xmlagg corr covar_pop covar_samp regr_avgx regr_avgy regr_count regr_intercept regr_r2 regr_slope
  regr_sxx regr_sxy regr_syy clock_timestamp justify_days justify_hours justify_interval pg_sleep transaction_timestamp div setseed
  width_bucket generate_series generate_subscripts bit_length overlay convert_from convert_to encode format quote_nullable
  regexp_matches regexp_split_to_array regexp_split_to_table unnest current_query row_to_json json_agg json_build_object
  jsonb_agg to_json jsonb_build_object gen_random_uuid array_length make_date statement_timestamp`);

const types = wordsOf(
  'int2 int4 int8 numeric float4 float8 bool bpchar varchar date timestamp timestamptz time',
);

const longestText = 65_535;

const each = (kind: string, problem: (node: TreeNode) => string | false | undefined): Finder => {
  return (nodes) =>
    nodes.flatMap((node) => {
      const message = node.kind === kind && problem(node);
      return message ? [{ offset: byteOffset(node), message }] : [];
    });
};

const sizeOf = (typmods: unknown, at: number): number => {
  const { ival } = nodesIn(typmods)[at]?.fields ?? {};
  return isFields(ival) ? Number(ival.ival ?? 0) : 0;
};

const typeName = ({ fields }: TreeNode): string => namesIn(fields.names).at(-1) ?? '';
const functionName = ({ fields }: TreeNode): string => namesIn(fields.funcname).at(-1) ?? '';

const isInside = (node: TreeNode | undefined, kinds: readonly string[]): boolean =>
  node !== undefined && (kinds.includes(node.kind) || isInside(node.parent, kinds));

const isIntervalLiteral = ({ parent }: TreeNode): boolean =>
  parent?.kind === 'TypeCast' && nodesIn(parent.fields.arg)[0]?.kind === 'A_Const';

/** A name that group by reads, of a value that a select inside of the select list gives. */
const groupsBySubselect = ({ fields }: TreeNode): boolean => {
  const grouped = nodesIn(fields.groupClause).flatMap((node) => namesIn(node.fields.fields));
  return nodesIn(fields.targetList).some(
    ({ fields: target }) => grouped.includes(String(target.name)) && holds(target.val, ['SubLink']),
  );
};

/** All of them, for models and for the statements of a rebuild. */
export const textRules: readonly TextRule[] = [
  {
    page: pages.reserved,
    says: 'no name is a reserved word',
    find: reservedNames,
  },
  {
    page: pages.names,
    says: 'a name has at most 127 bytes',
    find: longNames,
  },
  {
    page: pages.features,
    says: 'no name of a system column; no arrays, rows, `values`, collations and functions in `from`; no `nulls` in `over`',
    find: (nodes, tokens) => [
      ...systemNames(nodes, tokens),
      ...each('A_ArrayExpr', () => 'Redshift has no arrays')(nodes, tokens),
      ...each('A_Indirection', () => 'Redshift has no arrays')(nodes, tokens),
      ...each('CollateClause', () => 'Redshift has no collations')(nodes, tokens),
      ...each('RangeFunction', () => 'Redshift has no functions in from')(nodes, tokens),
      ...each(
        'SelectStmt',
        ({ fields }) => fields.valuesLists !== undefined && 'Redshift has no values in from',
      )(nodes, tokens),
      ...each(
        'RowExpr',
        ({ fields }) => fields.row_format !== 'COERCE_IMPLICIT_CAST' && 'Redshift has no row constructors',
      )(nodes, tokens),
      ...each(
        'WindowDef',
        ({ fields }) =>
          nodesIn(fields.orderClause).some((by) => by.fields.sortby_nulls !== 'SORTBY_NULLS_DEFAULT') &&
          'Redshift has no nulls first or last in over()',
      )(nodes, tokens),
    ],
  },
  {
    page: pages.functions,
    says: 'none of the functions that Redshift lacks, and no `is distinct from`',
    find: (nodes, tokens) => [
      ...each(
        'FuncCall',
        (node) => missing.has(functionName(node)) && `Redshift has no function ${functionName(node)}`,
      )(nodes, tokens),
      ...each(
        'A_Expr',
        ({ fields }) => String(fields.kind).endsWith('DISTINCT') && 'Redshift has no is distinct from',
      )(nodes, tokens),
    ],
  },
  {
    page: pages.leader,
    says: 'no function that only the leader node has, such as `now()` or `current_schema()`',
    find: (nodes, tokens) => [
      ...each(
        'FuncCall',
        (node) =>
          leaderOnly.has(functionName(node)) &&
          `${functionName(node)} does not read tables on Redshift: only the leader node has it`,
      )(nodes, tokens),
      ...each(
        'SQLValueFunction',
        () => 'only the leader node of Redshift knows the time and the user in this way',
      )(nodes, tokens),
    ],
  },
  {
    page: pages.types,
    says: 'types are those that Redshift has; an interval is a literal and never a column',
    find: each('TypeName', (node) => {
      const name = typeName(node);
      if (node.fields.arrayBounds !== undefined) return 'Redshift has no arrays';
      if (name === 'interval')
        return !isIntervalLiteral(node) && 'on Redshift, an interval is a literal only';
      return !types.has(name) && `Redshift has no type ${name}`;
    }),
  },
  {
    page: pages.with,
    says: 'no `with` inside of another: a rebuild moves those of models to the front, except one in a condition, which stays where it is',
    find: each('WithClause', ({ fields, parent }) => {
      if (fields.recursive === true) return 'with recursive is not used on Redshift';
      return (
        isInside(parent, ['SubLink']) &&
        'a with cannot stand in a condition: put it at the beginning of the file'
      );
    }),
  },
  {
    page: pages.correlated,
    says: 'no `group by` of a value from a subselect; the other patterns are found when columns are looked up',
    find: each(
      'SelectStmt',
      (node) =>
        groupsBySubselect(node) &&
        'group by cannot name the value of a subselect on Redshift: compute it one step earlier',
    ),
  },
  {
    page: pages.sets,
    says: 'no `intersect all`, no `except all`',
    find: each(
      'SelectStmt',
      ({ fields }) =>
        (fields.op === 'SETOP_INTERSECT' || fields.op === 'SETOP_EXCEPT') &&
        fields.all === true &&
        'Redshift has no intersect all and no except all',
    ),
  },
  {
    page: pages.window,
    says: 'no `distinct` in an aggregate with `over`',
    find: each(
      'FuncCall',
      ({ fields }) =>
        fields.agg_distinct === true &&
        isFields(fields.over) &&
        'Redshift has no distinct in an aggregate with over(): count with group by',
    ),
  },
  {
    page: pages.texts,
    says: `\`varchar(n)\` with n from 1 to ${longestText.toLocaleString('en')}`,
    find: each(
      'TypeName',
      (node) =>
        typeName(node) === 'varchar' &&
        sizeOf(node.fields.typmods, 0) > longestText &&
        `varchar has at most ${longestText} bytes`,
    ),
  },
  {
    page: pages.numbers,
    says: 'a decimal has at most 38 digits, at most 37 of them after the point',
    find: each(
      'TypeName',
      (node) =>
        typeName(node) === 'numeric' &&
        (sizeOf(node.fields.typmods, 0) > 38 || sizeOf(node.fields.typmods, 1) > 37) &&
        'a decimal has at most 38 digits, at most 37 of them after the point',
    ),
  },
];

/** Those for silver, which Redshift does not run: it reads the columns of its tables. */
export const silverRules: readonly TextRule[] = textRules
  .filter(({ page }) => ([pages.texts, pages.numbers] as readonly Page[]).includes(page))
  .concat(
    {
      page: pages.reserved,
      says: 'no column is called by a reserved word',
      find: (nodes, tokens) => reservedNames(columnsMade(nodes), tokens),
    },
    {
      page: pages.features,
      says: 'no column has the name of a system column',
      find: (nodes, tokens) => systemNames(columnsMade(nodes), tokens),
    },
    {
      page: pages.names,
      says: 'the name of a column has at most 127 bytes',
      find: longNames,
    },
  );

/** The columns that the outer select gives, through `final` too. */
const columnsMade = (nodes: readonly TreeNode[]): readonly TreeNode[] =>
  nodes.filter(
    ({ kind, parent }) =>
      kind === 'ResTarget' && (parent?.parent === undefined || parent.parent.fields.ctename === 'final'),
  );
