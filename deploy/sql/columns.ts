import { allowedTypes } from './allowed.ts';
import type { SqlProblem } from './lint.ts';
import { byteOffset, isFields, namesIn, nodesIn, nodesOf, type TreeNode } from './tree.ts';

/** One output column of a select. */
export type OutputColumn = {
  readonly name: string;
  /** In portable words: `bigint`, `varchar(64)`, `decimal(18,2)`. */
  readonly type: string;
  /** Names of the columns that it is computed from. */
  readonly uses: readonly string[];
  /** Its position in the text, in characters. */
  readonly offset: number;
  /** The column that it is, if it is only a cast. */
  readonly source?: string;
  /** The field of an exploded array's item that it is, if it is only a cast. */
  readonly itemField?: string;
  /** It is always NULL: NULL is cast. */
  readonly isNull?: boolean;
};

/** A select's output columns, as named by its last casts, and problems that leave them unknown. */
export const outputColumns = (sql: string): { columns: OutputColumn[]; problems: SqlProblem[] } => {
  const targets = finalTargets(nodesOf(sql));
  const bytes = Buffer.from(sql);
  const offsetOf = (target: TreeNode) => bytes.subarray(0, byteOffset(target)).toString().length;
  const columns = targets.map((target) => ({ target, column: columnOf(target, offsetOf(target)) }));
  return {
    columns: columns.flatMap(({ column }) => column ?? []),
    problems: columns
      .filter(({ column }) => column === undefined)
      .map(({ target }) => ({
        offset: offsetOf(target),
        message: 'every output column must be written cast(… as type) as name',
      })),
  };
};

/** A name that a select returns, with the columns whose values it shows; a count of values shows none. */
export type DerivedName = Pick<OutputColumn, 'name' | 'uses'>;

/** Every name that any select of a text returns; in a union, the first select names the columns. */
export const derivedNames = (sql: string): DerivedName[] =>
  nodesOf(sql).flatMap(({ kind, fields }) => {
    if (kind !== 'SelectStmt') return [];
    const names = targetsOf({ kind, fields }).map(nameOf);
    return branchesOf(fields).flatMap((targets) =>
      targets.map((target, at) => ({ name: names[at] ?? nameOf(target), uses: shownIn(target.fields.val) })),
    );
  });

const branchesOf = (fields: TreeNode['fields']): TreeNode[][] => {
  const { larg, rarg } = fields;
  if (!isFields(larg) || !isFields(rarg)) return [nodesIn(fields.targetList)];
  return [...branchesOf(larg), ...branchesOf(rarg)];
};

const nameOf = ({ fields }: TreeNode): string =>
  typeof fields.name === 'string' ? fields.name : (usedIn(fields.val)[0] ?? '');

const shownIn = (value: unknown): string[] => {
  const wrapped = nodesIn(value);
  const [first] = wrapped;
  if (first?.kind === 'ColumnRef') return usedIn(value);
  if (first?.kind === 'FuncCall' && namesIn(first.fields.funcname).at(-1) === 'count') return [];
  return wrapped.flatMap(({ fields }) => Object.values(fields).flatMap(shownIn));
};

/** The entries of the outermost select list; those of `final` if the select is `select * from final`. */
const finalTargets = (nodes: readonly TreeNode[]): TreeNode[] => {
  const [outer] = nodes;
  if (!outer) return [];
  const targets = targetsOf(outer);
  const isStar = targets.some(({ fields }) => namesIn(nodesIn(fields.val)[0]?.fields.fields).includes('*'));
  const final = nodes.find(({ kind, fields }) => kind === 'CommonTableExpr' && fields.ctename === 'final');
  return isStar && final ? targetsOf(nodesIn(final.fields.ctequery)[0] ?? final) : targets;
};

/** In a union, the first select defines the columns. */
const targetsOf = ({ fields }: TreeNode): TreeNode[] => {
  const { larg } = fields;
  return isFields(larg) ? targetsOf({ kind: 'SelectStmt', fields: larg }) : nodesIn(fields.targetList);
};

const columnOf = ({ fields }: TreeNode, offset: number): OutputColumn | undefined => {
  const [value] = nodesIn(fields.val);
  const type = value?.kind === 'TypeCast' ? typeOf(value.fields.typeName) : undefined;
  if (typeof fields.name !== 'string' || type === undefined) return undefined;
  const [arg] = nodesIn(value?.fields.arg);
  const path = arg?.kind === 'ColumnRef' ? namesIn(arg.fields.fields) : [];
  return {
    name: fields.name,
    type,
    offset,
    uses: usedIn(value?.fields.arg),
    ...(path.length === 1 && path[0] !== undefined && { source: path[0] }),
    ...(path.length === 2 && path[0] === 'item' && path[1] !== undefined && { itemField: path[1] }),
    ...(arg?.kind === 'A_Const' && arg.fields.isnull === true && { isNull: true }),
  };
};

/** The type in a tree of the parser, in portable words; undefined if it is not portable. */
export const typeOf = (typeName: unknown): string | undefined => {
  if (!isFields(typeName)) return undefined;
  const name = allowedTypes[namesIn(typeName.names).at(-1) ?? ''];
  const sizes = nodesIn(typeName.typmods).map(({ fields }) => {
    const { ival } = fields;
    return isFields(ival) ? Number(ival.ival ?? 0) : 0;
  });
  return name && sizes.length > 0 ? `${name}(${sizes.join(',')})` : name;
};

const usedIn = (value: unknown): string[] => {
  const wrapped = nodesIn(value);
  if (wrapped[0]?.kind === 'ColumnRef') return [namesIn(wrapped[0].fields.fields).at(-1) ?? ''];
  return wrapped.flatMap(({ fields }) => Object.values(fields).flatMap(usedIn));
};
