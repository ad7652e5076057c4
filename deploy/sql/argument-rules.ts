import { isFields, namesIn, nodesIn, type TreeNode } from './tree.ts';

/** What engines make differently of some arguments and literals, although all of them have the function or the type. */

/** Parts to which every engine cuts a moment. */
const cutParts = ['year', 'quarter', 'month', 'week', 'day', 'hour', 'minute'];

const ordered = ['row_number', 'rank', 'dense_rank', 'ntile', 'lag', 'lead', 'first_value', 'last_value'];

/** The text of a constant, or undefined for something else. */
const constant = (node: TreeNode | undefined): string | undefined => {
  if (
    node?.kind === 'A_Expr' &&
    namesIn(node.fields.name).at(-1) === '-' &&
    node.fields.lexpr === undefined
  ) {
    const [positive] = nodesIn(node.fields.rexpr);
    const value = constant(positive);
    return value === undefined ? undefined : `-${value}`;
  }
  if (node?.kind !== 'A_Const') return undefined;
  const { sval, ival } = node.fields;
  if (isFields(sval)) return String(sval.sval ?? '');
  return isFields(ival) ? String(ival.ival ?? 0) : undefined;
};

const isBelow = (node: TreeNode | undefined, least: number): boolean => {
  const text = constant(node);
  return text !== undefined && Number(text) < least;
};

/** What is wrong with the arguments of a function; undefined if nothing is. */
export const argumentProblem = (name: string, fields: TreeNode['fields']): string | undefined => {
  const args = nodesIn(fields.args);
  if (name === 'lpad' && constant(args[2]) === '') return 'lpad with an empty pad differs: give it a text';
  if ((name === 'left' || name === 'right') && isBelow(args[1], 0))
    return `${name} of a negative length differs: use substring and length`;
  if (name === 'split_part' && isBelow(args[2], 1)) return 'split_part counts from 1';
  if (name === 'count' && args.length > 1) return 'count must have one column';
  if (name === 'date_trunc' && !cutParts.includes(constant(args[0]) ?? ''))
    return `date_trunc can take ${cutParts.join(', ')}`;
  if (name === 'round' && isDouble(args[0])) return doublesDiffer;
  if (ordered.includes(name) && isFields(fields.over) && nodesIn(fields.over.orderClause).length === 0)
    return `${name} over (…) needs order by: rows without an order differ from run to run`;
  return undefined;
};

const doublesDiffer =
  'a double precision is rounded differently on each engine: cast to decimal(p, s) before it becomes one';

const castType = ({ kind, fields }: TreeNode): string =>
  kind === 'TypeCast' && isFields(fields.typeName) ? (namesIn(fields.typeName.names).at(-1) ?? '') : '';

const isDouble = (node: TreeNode | undefined): boolean => node !== undefined && castType(node) === 'float8';

const literals: Readonly<Record<string, readonly [form: RegExp, words: string]>> = {
  date: [/^\d{4}-\d{2}-\d{2}$/, "write a date as '2024-06-25'"],
  timestamp: [
    /^\d{4}-\d{2}-\d{2}( ([01]\d|2[0-3]):\d{2}:\d{2}(\.\d{1,6})?)?$/,
    "write a timestamp as '2024-06-25 10:00:00', without an offset and before 24:00:00",
  ],
};

/** What is wrong with a cast; undefined if nothing is. */
export const castProblem = (node: TreeNode): string | undefined => {
  const [value] = nodesIn(node.fields.arg);
  const type = castType(node);
  if (['int2', 'int4', 'int8', 'numeric'].includes(type) && isDouble(value)) return doublesDiffer;
  const [form, words] = literals[type] ?? [];
  const text = constant(value);
  return form && text !== undefined && !form.test(text) ? words : undefined;
};

/** What is wrong with a number or a word of the text; undefined if nothing is. */
export const tokenOfOneEngine = (text: string): string | undefined => {
  if (/^\d+_|^0[xob]/i.test(text)) return 'write a number in decimal digits only';
  if (/^(isnull|notnull)$/i.test(text)) return 'write is null or is not null';
  return undefined;
};
