import {
  type Atom,
  compileCustomSql,
  compilePredicate,
  compileProblems,
  missingColumn,
  type Position,
  parseRuleset,
  type Rule,
  RulesetError,
  referenceOf,
  type Table,
} from '../../functions/quality/index.ts';
import type { Rules } from '../render/datasets.ts';
import type { Problem } from '../sql/problem.ts';
import { namesIn, nodesIn, nodesOf, SqlSyntaxError, type TreeNode } from '../sql/tree.ts';
import { limitProblems } from './limits.ts';
import { manifestBounds, type SilverColumn } from './manifest-bounds.ts';

/**
 * Problems of a dataset's ruleset: its language, the SQL in its rules, and the columns of other tables that they refer to.
 * `tables` are all silver tables, including its own. Needs the loaded SQL parser.
 */
export const rulesetProblems = (
  { dataset, manifest, ruleset }: Rules,
  tables: readonly SilverColumns[],
): Problem[] => {
  const file = `rules/${dataset}/quality.dqdl`;
  const table = tables.find((silver) => silver.dataset === dataset);
  if (!table) return [];
  const place = ({ message, line, column }: RulesetError): Problem => ({ file, line, column, message });
  try {
    const broken = compileProblems(ruleset, table);
    if (broken.length > 0) return broken.map(place);
    const atoms = parseRuleset(ruleset).flatMap(({ rule }) => atomsOf(rule));
    return [
      ...atoms.flatMap((atom) => atomProblems(atom, table, tables)),
      ...limitProblems(ruleset, table, manifestBounds(manifest, dataset, table.columns)),
    ].map(place);
  } catch (error) {
    if (error instanceof RulesetError) return [place(error)];
    throw error;
  }
};

/** A silver table with its columns from its SQL. */
type SilverColumns = { readonly dataset: string; readonly columns: readonly SilverColumn[] };

const atomsOf = (rule: Rule): Atom[] => (rule.kind === 'atom' ? [rule] : rule.parts.flatMap(atomsOf));

const atomProblems = (atom: Atom, table: Table, tables: readonly Table[]): RulesetError[] => [
  ...predicateProblems(atom, table),
  ...(atom.type === 'CustomSql' ? statementProblems(atom, table) : []),
  ...(atom.type === 'ReferentialIntegrity' ? referenceProblems(atom, tables) : []),
];

const predicateProblems = ({ where }: Atom, table: Table): RulesetError[] => {
  if (!where) return [];
  const parsed = parse(
    `select 1 from "primary" where ${compilePredicate(where, table, 'duckdb')}`,
    'where',
    where.at,
  );
  return parsed instanceof RulesetError ? [parsed] : [];
};

/** A statement may read only one file's rows, as `primary`, and its own CTEs. */
const statementProblems = (atom: Atom, table: Table): RulesetError[] => {
  const at = atom.parameters[0]?.at ?? atom.at;
  const nodes = parse(compileCustomSql(atom, 'duckdb'), 'CustomSql', at);
  if (nodes instanceof RulesetError) return [nodes];
  const own = nodes.flatMap(declaredNames).concat('primary', ...table.columns.map(({ name }) => name));
  const known = new Set(own.map((name) => name.toLowerCase()));
  const stray = namesUsed(nodes).find(({ name }) => !known.has(name.toLowerCase()));
  if (!stray) return [];
  const problem =
    stray.kind === 'RangeVar'
      ? `it reads ${stray.name}; the rows of the file are "primary"`
      : missingColumn(table, stray.name);
  return [new RulesetError(`CustomSql: ${problem}`, at)];
};

/** Names that a statement defines: of CTEs, of relations and of columns. */
const declaredNames = ({ kind, fields }: TreeNode): string[] => {
  if (kind === 'CommonTableExpr') return [String(fields.ctename), ...namesIn(fields.aliascolnames)];
  if (kind === 'Alias') return [String(fields.aliasname), ...namesIn(fields.colnames)];
  return kind === 'ResTarget' && typeof fields.name === 'string' ? [fields.name] : [];
};

const namesUsed = (nodes: readonly TreeNode[]): { kind: string; name: string }[] =>
  nodes.flatMap(({ kind, fields }) => {
    if (kind === 'RangeVar') return [{ kind, name: String(fields.relname) }];
    if (kind !== 'ColumnRef') return [];
    const isStar = nodesIn(fields.fields).some((node) => node.kind === 'A_Star');
    return namesIn(fields.fields)
      .slice(0, isStar ? -1 : undefined)
      .map((name) => ({ kind, name }));
  });

const referenceProblems = (atom: Atom, tables: readonly Table[]): RulesetError[] => {
  const { dataset, names, at } = referenceOf(atom);
  const other = tables.find((silver) => silver.dataset === dataset);
  if (!other) {
    const known = tables.map((silver) => silver.dataset).join(', ');
    return [new RulesetError(`there is no silver table ${dataset}; the silver tables are ${known}`, at)];
  }
  return names
    .filter((name) => !other.columns.some((column) => column.name === name))
    .map((name) => new RulesetError(missingColumn(other, name), at));
};

const parse = (sql: string, what: string, at: Position): TreeNode[] | RulesetError => {
  try {
    return nodesOf(sql);
  } catch (cause) {
    if (!(cause instanceof SqlSyntaxError)) throw cause;
    return new RulesetError(`${what}: ${cause.message}`, at, { cause });
  }
};
