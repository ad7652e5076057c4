import { type Attribute, compareNumbers, type Functions, type Item, type Rejection } from './dynalite.ts';

/** The steps of a document path: names of attributes, and places in lists. */
type Path = readonly (string | number)[];
type Function = { readonly type: 'function'; readonly name: string; readonly args: readonly Operand[] };
type Operand = Path | Attribute | Function;
type Condition =
  | { readonly type: 'and' | 'or' | 'not'; readonly args: readonly Condition[] }
  | Function
  | { readonly type: string; readonly args: readonly Operand[] };

type Conditional = { readonly _condition?: { readonly expression: Condition } };
type Filtered = {
  readonly _filter?: { readonly expression: Condition };
  readonly _projection?: { readonly paths: unknown };
  readonly Select?: string;
};
type Found = { Count: number; Items?: readonly Item[] };

/**
 * Makes dynalite take conditions and filters as DynamoDB does. Its own reading takes a list or a map for different from itself, two
 * attributes that are missing for equal, and fails for some operands that are missing.
 */
export const matchConditions = (all: Functions): void => {
  const { checkConditional, queryTable } = all;
  all.checkConditional = (request, item) => {
    const { _condition } = request as Conditional;
    if (!_condition) return checkConditional(request, item);
    return holds(_condition.expression, item ?? {}) ? null : conditionFailed();
  };
  all.queryTable = (store, table, request, options, isLocal, fetches, names, done) => {
    const { _filter, _projection, Select, ...others } = request as Filtered;
    if (!_filter) return queryTable(store, table, request, options, isLocal, fetches, names, done);
    queryTable(store, table, others, options, isLocal, fetches, names, (error, found) => {
      if (error || !found) return done(error, found);
      const { Items = [], Count: _all, ...rest } = found as Found;
      const items = Items.filter((item) => holds(_filter.expression, item));
      const shown = _projection ? items.map((item) => all.mapPaths(_projection.paths, item)) : items;
      done(null, { ...rest, Count: items.length, ...(Select === 'COUNT' ? {} : { Items: shown }) });
    });
  };
};

const conditionFailed = (): Rejection =>
  Object.assign(new Error('The conditional request failed'), {
    statusCode: 400,
    body: {
      __type: 'com.amazonaws.dynamodb.v20120810#ConditionalCheckFailedException',
      message: 'The conditional request failed',
    },
  });

/** Whether a condition is true for an item. */
export const holds = (condition: Condition, item: Item): boolean => {
  const { type, args } = condition;
  if (isLogic(condition)) {
    const [first, second] = condition.args;
    if (!first) return false;
    if (type === 'not') return !holds(first, item);
    const isFirst = holds(first, item);
    if (type === 'and') return isFirst && second !== undefined && holds(second, item);
    return isFirst || (second !== undefined && holds(second, item));
  }
  const values = (args as readonly Operand[]).map((operand) => operandIn(operand, item));
  return compared('name' in condition ? condition.name : type, values);
};

const isLogic = (condition: Condition): condition is Extract<Condition, { type: 'and' | 'or' | 'not' }> =>
  ['and', 'or', 'not'].includes(condition.type);

type Value = Attribute | undefined;

/** A comparison with an attribute that is missing is false, except that it differs from everything. */
const compared = (operator: string, [left, ...others]: readonly Value[]): boolean => {
  const [right, most] = others;
  switch (operator) {
    case '=':
      return isEqual(left, right);
    case '<>':
      return !isEqual(left, right);
    case '<':
      return orderOf(left, right) < 0;
    case '<=':
      return orderOf(left, right) <= 0;
    case '>':
      return orderOf(left, right) > 0;
    case '>=':
      return orderOf(left, right) >= 0;
    case 'between':
      return orderOf(left, right) >= 0 && orderOf(left, most) <= 0;
    case 'in':
      return others.some((other) => isEqual(left, other));
    case 'attribute_exists':
      return left !== undefined;
    case 'attribute_not_exists':
      return left === undefined;
    case 'attribute_type':
      return left !== undefined && typeOf(left) === right?.S;
    case 'begins_with':
      return beginsWith(left, right);
    case 'contains':
      return contains(left, right);
    default:
      return false;
  }
};

const operandIn = (operand: Operand, item: Item): Value => {
  if (isPath(operand)) return valueAt(operand, item);
  if (!('type' in operand)) return operand;
  const [of] = (operand as Function).args;
  return of && sizeOf(operandIn(of, item));
};

const isPath = (operand: Operand): operand is Path => Array.isArray(operand);

const valueAt = (path: Path, item: Item): Value =>
  path.reduce<Value>(
    (value, step) => {
      const parts = typeof step === 'number' ? value?.L : value?.M;
      const isThere = typeof parts === 'object' && parts !== null && Object.hasOwn(parts, step);
      return isThere ? (parts as Readonly<Record<string | number, Attribute>>)[step] : undefined;
    },
    { M: item },
  );

/** Numbers and the like have no size. */
const sizeOf = (value: Value): Value => {
  const [type, held] = partsOf(value);
  if (type === 'S') return { N: String(String(held).length) };
  if (type === 'B') return { N: String(bytesOf(value).length) };
  if (Array.isArray(held)) return { N: String(held.length) };
  return type === 'M' ? { N: String(Object.keys(held as Item).length) } : undefined;
};

const partsOf = (value: Value): readonly [type: string | undefined, held: unknown] =>
  value === undefined ? [undefined, undefined] : (Object.entries(value)[0] ?? [undefined, undefined]);
const typeOf = (value: Value): string | undefined => partsOf(value)[0];

const bytesOf = (value: Value): Buffer => {
  const [type, held] = partsOf(value);
  return Buffer.from(String(held), type === 'B' ? 'base64' : 'utf8');
};

/** NaN for values that have no order. */
const orderOf = (left: Value, right: Value): number => {
  const type = typeOf(left);
  if (type !== typeOf(right)) return Number.NaN;
  if (type === 'N') return compareNumbers(String(left?.N), String(right?.N));
  return type === 'S' || type === 'B' ? Buffer.compare(bytesOf(left), bytesOf(right)) : Number.NaN;
};

/** Sets have no order; numbers were brought to one form when they were read. */
const isEqual = (left: Value, right: Value): boolean => {
  const [type, one] = partsOf(left);
  const [otherType, other] = partsOf(right);
  if (type === undefined || type !== otherType) return false;
  if (type === 'L') return isSame(one as readonly Attribute[], other as readonly Attribute[]);
  if (type === 'M') return isSame(one as Item, other as Item);
  if (type === 'B') return bytesOf(left).equals(bytesOf(right));
  if (!Array.isArray(one) || !Array.isArray(other)) return one === other;
  return one.length === other.length && one.every((part) => other.includes(part));
};

const isSame = <Parts extends object>(left: Parts, right: Parts): boolean => {
  const names = Object.keys(left);
  if (names.length !== Object.keys(right).length) return false;
  return names.every(
    (name) => Object.hasOwn(right, name) && isEqual(left[name as never], right[name as never]),
  );
};

const beginsWith = (value: Value, prefix: Value): boolean => {
  const type = typeOf(value);
  if (type !== typeOf(prefix) || (type !== 'S' && type !== 'B')) return false;
  const bytes = bytesOf(prefix);
  return bytesOf(value).subarray(0, bytes.length).equals(bytes);
};

/** A part of a text or of bytes, a member of a set, or an element of a list. */
const contains = (value: Value, part: Value): boolean => {
  const [type, held] = partsOf(value);
  const [partType, one] = partsOf(part);
  if (type === 'L') return (held as readonly Attribute[]).some((element) => isEqual(element, part));
  if (type === `${partType}S`) return (held as readonly unknown[]).includes(one);
  return (type === 'S' || type === 'B') && type === partType && bytesOf(value).includes(bytesOf(part));
};
