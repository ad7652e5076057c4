import { compileArn, compilePattern, type Pattern } from './pattern.ts';
import { type Context, valuesOf } from './request.ts';

/** One line of a Condition block; true if it holds for a request. */
export type Condition = (context: Context) => boolean;

type Operator = {
  /** Compiles a value of the policy; undefined if the operator cannot have it. */
  readonly compile: (value: string) => Pattern | undefined;
  /** Holds if no value matches, also if the request has none. */
  readonly isNegated: boolean;
};

const equals = (value: string): Pattern => compilePattern(value, { hasWildcards: false });
const equalsInAnyCase = (value: string): Pattern =>
  compilePattern(value, { hasWildcards: false, ignoresCase: true });
const like = (value: string): Pattern => compilePattern(value, { hasWildcards: true });
const isBoolean = (value: string): Pattern | undefined =>
  /^(true|false)$/i.test(value) ? equalsInAnyCase(value) : undefined;
const isNumber =
  (compare: (asked: number, written: number) => boolean) =>
  (value: string): Pattern | undefined =>
    value.trim() === '' || Number.isNaN(Number(value))
      ? undefined
      : (asked) => asked.trim() !== '' && compare(Number(asked), Number(value));

const positive = (compile: Operator['compile']): Operator => ({ compile, isNegated: false });
const negated = (compile: Operator['compile']): Operator => ({ compile, isNegated: true });

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: positive(equals),
  StringNotEquals: negated(equals),
  StringEqualsIgnoreCase: positive(equalsInAnyCase),
  StringNotEqualsIgnoreCase: negated(equalsInAnyCase),
  StringLike: positive(like),
  StringNotLike: negated(like),
  ArnEquals: positive(compileArn),
  ArnLike: positive(compileArn),
  ArnNotEquals: negated(compileArn),
  ArnNotLike: negated(compileArn),
  Bool: positive(isBoolean),
  NumericEquals: positive(isNumber((asked, written) => asked === written)),
  NumericNotEquals: negated(isNumber((asked, written) => asked === written)),
  NumericLessThan: positive(isNumber((asked, written) => asked < written)),
  NumericLessThanEquals: positive(isNumber((asked, written) => asked <= written)),
  NumericGreaterThan: positive(isNumber((asked, written) => asked > written)),
  NumericGreaterThanEquals: positive(isNumber((asked, written) => asked >= written)),
};

type Written = { readonly operator: string; readonly key: string; readonly values: readonly string[] };

/** Compiles one line; a text instead says what it does not know. */
export const compileCondition = ({ operator, key, values }: Written): Condition | string => {
  if (operator === 'Null') return nullCondition(key, values);
  const [, set = '', name = '', ifExists] =
    /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(operator) ?? [];
  const known = Object.hasOwn(operators, name) ? operators[name] : undefined;
  if (!known) return `has the operator ${operator}, which is not known here`;
  const patterns = values.map(known.compile);
  const wrong = values[patterns.indexOf(undefined)];
  if (wrong !== undefined) return `has a value that ${operator} cannot have: ${wrong}`;
  const isMatch = (value: string, context: Context): boolean =>
    known.isNegated !== patterns.some((pattern) => pattern?.(value, context));
  return (context) => {
    const asked = valuesOf(context, key) ?? [];
    if (asked.length === 0) return set === 'ForAllValues' || (set === '' && (known.isNegated || !!ifExists));
    if (set === 'ForAllValues') return asked.every((value) => isMatch(value, context));
    if (set === 'ForAnyValue') return asked.some((value) => isMatch(value, context));
    const [only = '', ...others] = asked;
    return others.length === 0 && isMatch(only, context);
  };
};

const nullCondition = (key: string, values: readonly string[]): Condition | string => {
  const [wanted = '', ...others] = values.map((value) => value.toLowerCase());
  if (others.length > 0 || !['true', 'false'].includes(wanted)) return 'needs true or false for Null';
  return (context) => String((valuesOf(context, key) ?? []).length === 0) === wanted;
};
