import { typeOf as typeSpelled } from '../sql/columns.ts';
import { type Fields, isFields, namesIn, nodesIn, type TreeNode } from '../sql/tree.ts';
import { isAggregate, needsOver, typeOfCall } from './functions.ts';
import { type Column, findColumn, innerScope, type Scope } from './scope.ts';
import {
  anyType,
  canCast,
  commonType,
  describeType,
  fits,
  isNumber,
  nullType,
  type Type,
  typeNamed,
  widerNumber,
  widthOf,
} from './types.ts';

/** What is needed to bind an expression. */
export type Around = {
  readonly scope: Scope;
  /** Reports a problem; `at` is a position in bytes. */
  readonly complain: (at: number, message: string) => void;
  /** Called for every column that is read, or was probably meant, with its path without the relation. */
  readonly noteRead: (path: string) => void;
  /** Columns of a select inside the expression, which may read the outer relations. */
  readonly columnsOf: (select: Fields, outer: Scope) => readonly Column[] | undefined;
  /** Why an aggregate is not allowed here; undefined if it is. */
  readonly noAggregate?: string | undefined;
  /** It is the condition of an outer join. */
  readonly isOuterJoin?: boolean | undefined;
  /** The position of the nearest outer node that has one. */
  readonly at: number;
};

/** The type of an expression; each problem in it is reported once, at its place. */
export const typeOf = (expression: unknown, around: Around): Type => {
  const [node] = nodesIn(expression);
  if (!node) return anyType;
  const { location } = node.fields;
  const at = typeof location === 'number' && location > 0 ? location : around.at;
  return kinds[node.kind]?.(node, { ...around, at }) ?? typeOfParts(node, { ...around, at });
};

/** For a node without its own rule, the parts are bound. */
const typeOfParts = ({ fields }: TreeNode, around: Around): Type => {
  for (const value of Object.values(fields)) for (const part of nodesIn(value)) typeOf(wrap(part), around);
  return anyType;
};

const wrap = ({ kind, fields }: TreeNode) => ({ [kind]: fields });

type Rule = (node: TreeNode, around: Around) => Type;

const kinds: Readonly<Record<string, Rule>> = {
  A_Const: ({ fields }) => constantType(fields),
  ColumnRef: ({ fields }, around) => {
    const found = findColumn(namesIn(fields.fields), around.scope);
    if (found && 'problem' in found) {
      around.complain(around.at, found.problem);
      if (found.meant !== undefined) around.noteRead(found.meant);
    }
    if (!found || !('type' in found)) return anyType;
    around.noteRead(found.id.slice(found.id.indexOf('.') + 1));
    return found.type;
  },
  TypeCast: ({ fields }, around) => {
    const made = typeNamed(isFields(fields.typeName) ? typeSpelled(fields.typeName) : undefined);
    const given = typeOf(fields.arg, around);
    if (!canCast(given, made))
      around.complain(around.at, `${describeType(given)} cannot be cast to ${describeType(made)}`);
    const wide = given.family === 'text' ? given.width : undefined;
    const narrow = made.family === 'text' ? made.width : undefined;
    if (wide !== undefined && narrow !== undefined && wide > narrow)
      around.complain(
        around.at,
        `a text of up to ${wide} characters is cast to varchar(${narrow}), which Redshift cuts off: make it varchar(${wide}), or take left(…, ${narrow})`,
      );
    const digits = made.family === 'integer' ? 0 : made.family === 'decimal' ? made.scale : undefined;
    if (given.scale !== undefined && digits !== undefined && given.scale > digits)
      around.complain(
        around.at,
        `a decimal with ${given.scale} digits after the point is cast to ${digits}, and Redshift does not say how a cast rounds: take round(…, ${digits})`,
      );
    return made;
  },
  NullTest: ({ fields }, around) => {
    typeOf(fields.arg, around);
    return { family: 'boolean' };
  },
  BooleanTest: ({ fields }, around) => condition(fields.arg, around, 'is true'),
  BoolExpr: ({ fields }, around) => {
    const word = String(fields.boolop).replace('_EXPR', '').toLowerCase();
    for (const part of nodesIn(fields.args)) condition(wrap(part), around, word);
    return { family: 'boolean' };
  },
  CoalesceExpr: ({ fields }, around) => common(nodesIn(fields.args).map(wrap), around, 'coalesce'),
  MinMaxExpr: ({ fields }, around) =>
    common(nodesIn(fields.args).map(wrap), around, fields.op === 'IS_LEAST' ? 'least' : 'greatest'),
  CaseExpr: caseType,
  FuncCall: callType,
  SubLink: subselectType,
  A_Expr: operatorType,
  GroupingFunc: () => ({ family: 'integer' }),
  SelectStmt: () => anyType,
};

const constantType = ({ sval, ival, fval, boolval }: Fields): Type => {
  if (isFields(sval)) return { family: 'literal', text: String(sval.sval ?? '') };
  if (isFields(ival)) return { family: 'integer' };
  if (isFields(fval)) return { family: 'decimal' };
  return isFields(boolval) ? { family: 'boolean' } : nullType;
};

/** A condition, such as that of `where`. */
export const condition = (expression: unknown, around: Around, word: string): Type => {
  const type = typeOf(expression, around);
  if (!fits(type, ['boolean']))
    around.complain(
      placeOf(expression, around),
      `${word} needs a condition, but this is ${describeType(type)}`,
    );
  return { family: 'boolean' };
};

/** The start of an expression, as far as the parser tells it. */
export const placeOf = (expression: unknown, { at }: Pick<Around, 'at'>): number => {
  const location = nodesIn(expression)[0]?.fields.location;
  return typeof location === 'number' && location > 0 ? location : at;
};

/** The common type of several expressions that `word` combines. */
const common = (expressions: readonly unknown[], around: Around, word: string): Type => {
  let type: Type = nullType;
  for (const expression of expressions) {
    const own = typeOf(expression, around);
    const both = commonType(type, own);
    if (both === undefined) {
      const said = `${word} mixes ${describeType(type)} and ${describeType(own)}: cast one of them`;
      around.complain(placeOf(expression, around), said);
      return anyType;
    }
    type = own.family === 'any' || type.family === 'any' ? anyType : both;
  }
  return type;
};

function caseType({ fields }: TreeNode, around: Around): Type {
  const whens = nodesIn(fields.args);
  if (isFields(fields.arg))
    common([fields.arg, ...whens.map((when) => when.fields.expr)], around, 'case … when');
  else for (const when of whens) condition(when.fields.expr, around, 'when');
  const results = [
    ...whens.map((when) => when.fields.result),
    ...(fields.defresult ? [fields.defresult] : []),
  ];
  return common(results, around, 'case');
}

function callType({ fields }: TreeNode, around: Around): Type {
  const name = namesIn(fields.funcname).at(-1) ?? '';
  const isOver = isFields(fields.over);
  const isWhole = isAggregate(name) && !isOver;
  if ((isWhole || isOver) && around.noAggregate !== undefined)
    around.complain(around.at, `${name}${isOver ? ' over (…)' : ''} ${around.noAggregate}`);
  if (needsOver(name) && !isOver) around.complain(around.at, `${name} needs over (…)`);
  const within = {
    ...around,
    noAggregate: isWhole ? `is not allowed inside ${name}: compute it one step earlier` : around.noAggregate,
  };
  if (isFields(fields.over)) bindWindow(fields.over, within);
  for (const { fields: by } of nodesIn(fields.agg_order)) typeOf(by.node, within);
  const given = nodesIn(fields.args);
  const args = given.map((arg) => typeOf(wrap(arg), within));
  const { type, problem } = typeOfCall(name, args, given.map(wholeIn));
  if (problem !== undefined) around.complain(around.at, problem);
  return type;
}

/** The whole number that an argument is; undefined if it is something else. */
const wholeIn = ({ kind, fields }: TreeNode): number | undefined =>
  kind === 'A_Const' && isFields(fields.ival) ? Number(fields.ival.ival ?? 0) : undefined;

const bindWindow = ({ partitionClause, orderClause }: Fields, around: Around): void => {
  for (const part of nodesIn(partitionClause)) typeOf(wrap(part), around);
  for (const { fields } of nodesIn(orderClause)) typeOf(fields.node, around);
};

function subselectType({ fields }: TreeNode, around: Around): Type {
  const [select] = nodesIn(fields.subselect);
  const barred = select && whyBarred(select.fields, fields, around);
  const columns = select ? around.columnsOf(select.fields, innerScope(around.scope, barred)) : undefined;
  const inner = columns?.map(({ type }) => type);
  if (fields.subLinkType === 'EXISTS_SUBLINK') return { family: 'boolean' };
  if (fields.subLinkType === 'ANY_SUBLINK') {
    const tested = rowOf(fields.testexpr).map((value) => typeOf(value, around));
    if (inner) compareRows(tested, inner, around);
    return { family: 'boolean' };
  }
  if (inner && inner.length !== 1)
    around.complain(around.at, `a select used as a value must have one column, but this has ${inner.length}`);
  return inner?.[0] ?? anyType;
}

/** Why a select in an expression cannot read columns of the select around it on Redshift. */
const whyBarred = (select: Fields, link: Fields, { isOuterJoin }: Around): string | undefined => {
  if (isOuterJoin) return 'Redshift cannot read it in the condition of an outer join: use a join';
  const made = JSON.stringify([select.targetList, select.whereClause, select.havingClause]);
  if (made.includes('"over":{'))
    return 'Redshift cannot read it in a select with a window function: use a join';
  const isGrouped = nodesIn(select.groupClause).length > 0;
  const calls = [...made.matchAll(/"funcname":\[\{"String":\{"sval":"(\w+)"/g)].map(([, name = '']) => name);
  return link.subLinkType === 'ANY_SUBLINK' &&
    isGrouped &&
    calls.some((name) => isAggregate(name) && !/^(min|max)$/.test(name))
    ? 'Redshift cannot read it in in (select … group by …): use a join'
    : undefined;
};

const rowOf = (value: unknown): unknown[] => {
  const [node] = nodesIn(value);
  return node?.kind === 'RowExpr' ? nodesIn(node.fields.args).map(wrap) : [value];
};

const compareRows = (tested: readonly Type[], inner: readonly Type[], around: Around): void => {
  if (tested.length !== inner.length)
    around.complain(around.at, `in (select …) compares ${tested.length} with ${inner.length} columns`);
  else for (const [at, type] of tested.entries()) compare(type, inner[at] ?? anyType, around, 'in');
};

const compare = (one: Type, other: Type, around: Around, operator: string): Type => {
  if (commonType(one, other) === undefined)
    around.complain(
      around.at,
      `${operator} compares ${describeType(one)} with ${describeType(other)}: cast one of them`,
    );
  return { family: 'boolean' };
};

const comparisons = new Set(['=', '<>', '<', '<=', '>', '>=']);

function operatorType({ fields }: TreeNode, around: Around): Type {
  const operator = namesIn(fields.name).at(-1) ?? '';
  if (fields.kind === 'AEXPR_IN' || String(fields.kind).includes('BETWEEN'))
    return listType(fields, around, operator);
  if (fields.kind === 'AEXPR_NULLIF') return common([fields.lexpr, fields.rexpr], around, 'nullif');
  const rows = [rowOf(fields.lexpr), rowOf(fields.rexpr)] as const;
  if (rows[0].length > 1 && comparisons.has(operator)) {
    compareRows(
      rows[0].map((one) => typeOf(one, around)),
      rows[1].map((one) => typeOf(one, around)),
      around,
    );
    return { family: 'boolean' };
  }
  const right = typeOf(fields.rexpr, around);
  if (fields.lexpr === undefined) return signed(right, operator, around);
  const left = typeOf(fields.lexpr, around);
  if (comparisons.has(operator)) return compare(left, right, around, operator);
  if (operator === '~~' || operator === '!~~') return likeType(left, right, around);
  if (operator === '||') return joined(left, right, around);
  const made = arithmetic(left, operator, right);
  if (made === undefined)
    around.complain(
      around.at,
      `${describeType(left)} ${operator} ${describeType(right)} is not defined: cast one of them`,
    );
  return made ?? anyType;
}

const listType = (fields: Fields, around: Around, operator: string): Type => {
  const left = typeOf(fields.lexpr, around);
  const word = String(fields.kind).includes('BETWEEN')
    ? operator.toLowerCase()
    : operator === '<>'
      ? 'not in'
      : 'in';
  for (const item of nodesIn(nodesIn(fields.rexpr)[0]?.fields.items))
    compare(left, typeOf(wrap(item), around), { ...around, at: placeOf(wrap(item), around) }, word);
  return { family: 'boolean' };
};

const likeType = (left: Type, right: Type, around: Around): Type => {
  const odd = [left, right].find((type) => !fits(type, ['text']));
  if (odd) around.complain(around.at, `like compares texts, but this is ${describeType(odd)}`);
  return { family: 'boolean' };
};

const joined = (left: Type, right: Type, around: Around): Type => {
  const isText = [left, right].some(({ family }) => ['text', 'literal', 'any', 'null'].includes(family));
  if (!isText) around.complain(around.at, `|| joins texts: cast ${describeType(left)} as varchar(n)`);
  const [before, after] = [widthOf(left), widthOf(right)];
  return before === undefined || after === undefined
    ? { family: 'text' }
    : { family: 'text', width: before + after };
};

const signed = (type: Type, operator: string, around: Around): Type => {
  if (fits(type, ['integer', 'decimal', 'float', 'interval'])) return type;
  around.complain(around.at, `${operator} needs a number, but this is ${describeType(type)}`);
  return anyType;
};

/** The type of `left operator right`; undefined if the operator is not defined for them. */
const arithmetic = (left: Type, operator: string, right: Type): Type | undefined => {
  if (left.family === 'any' || right.family === 'any') return anyType;
  if (left.family === 'null' || right.family === 'null') return left.family === 'null' ? right : left;
  if (left.family === 'literal')
    return fits(left, [right.family]) ? arithmetic(right, operator, right) : undefined;
  if (right.family === 'literal')
    return fits(right, [left.family]) ? arithmetic(left, operator, left) : undefined;
  if (isNumber(left) && isNumber(right)) return widerNumber(left, right);
  return moments[`${left.family} ${operator} ${right.family}`];
};

const moments: Readonly<Record<string, Type>> = {
  'date + integer': { family: 'date' },
  'integer + date': { family: 'date' },
  'date - integer': { family: 'date' },
  'date - date': { family: 'integer' },
  'date + interval': { family: 'timestamp' },
  'interval + date': { family: 'timestamp' },
  'date - interval': { family: 'timestamp' },
  'timestamp + interval': { family: 'timestamp' },
  'interval + timestamp': { family: 'timestamp' },
  'timestamp - interval': { family: 'timestamp' },
  'timestamp - timestamp': { family: 'interval' },
  'timestamp - date': { family: 'interval' },
  'date - timestamp': { family: 'interval' },
  'interval + interval': { family: 'interval' },
  'interval - interval': { family: 'interval' },
  'integer * interval': { family: 'interval' },
  'interval * integer': { family: 'interval' },
};
