import type { Cursor } from './cursor.ts';
import { RulesetError } from './ruleset-error.ts';
import type { Comparison, Condition, DurationUnit, Keyword, Value } from './syntax.ts';

const COMPARISONS: readonly string[] = ['=', '!=', '<', '<=', '>', '>='];
const UNITS: readonly string[] = ['days', 'hours', 'minutes'];
const KEYWORDS: readonly string[] = ['NULL', 'EMPTY', 'WHITESPACES_ONLY'];
const MOST_DIGITS = 28;

const isComparison = (text: string): text is Comparison => COMPARISONS.includes(text);
const isUnit = (text: string): text is DurationUnit => UNITS.includes(text);
const isKeyword = (text: string): text is Keyword => KEYWORDS.includes(text);

/** Whether a condition starts here. */
export const seesCondition = (cursor: Cursor): boolean =>
  cursor.sees([...COMPARISONS, 'between', 'in', 'not', 'matches']);

/** Parses a condition: a comparison, `between`, `in` or `matches`, the last three also with `not`. */
export const parseCondition = (cursor: Cursor): Condition => {
  const { text, at } = cursor.peek();
  if (isComparison(text)) {
    cursor.next();
    return { kind: 'compare', operator: text, value: parseValue(cursor), at };
  }
  const negated = cursor.takes('not');
  if (cursor.takes('between')) return { kind: 'between', negated, ...parseBounds(cursor), at };
  if (cursor.takes('in')) return { kind: 'in', negated, values: parseList(cursor), at };
  if (cursor.takes('matches'))
    return { kind: 'matches', negated, pattern: cursor.quoted('a quoted pattern').raw, at };
  throw cursor.unexpected('a condition (=, !=, <, <=, >, >=, between, in, matches, not …)');
};

const parseBounds = (cursor: Cursor) => {
  const low = parseValue(cursor);
  if (!cursor.takes('and', 'AND')) throw cursor.unexpected('"and" between the bounds');
  return { low, high: parseValue(cursor) };
};

const parseList = (cursor: Cursor): readonly Value[] => {
  cursor.expect('[');
  const values = [parseValue(cursor)];
  while (cursor.takes(',')) values.push(parseValue(cursor));
  cursor.expect(']', ' or ","');
  return values;
};

const parseValue = (cursor: Cursor): Value => {
  const { kind, text, at } = cursor.peek();
  if (kind === 'quoted') return { kind: 'text', text: cursor.quoted('a text').text, at };
  if (kind === 'number' || cursor.sees(['-'])) return parseNumber(cursor);
  if (cursor.sees(['now', '('])) return parseNow(cursor);
  const keyword = text.toUpperCase();
  if (kind === 'word' && isKeyword(keyword)) {
    cursor.next();
    return { kind: 'keyword', keyword, at };
  }
  if (kind === 'word' && cursor.sees(['('], 1))
    throw new RulesetError(
      `${text}(…) is a dynamic rule, which compares with earlier runs and is not supported`,
      at,
    );
  throw cursor.unexpected('a value (a number, a quoted text or date, now(), NULL, EMPTY, WHITESPACES_ONLY)');
};

const parseNumber = (cursor: Cursor): Value => {
  const { at } = cursor.peek();
  const sign = cursor.takes('-') ? '-' : '';
  const { kind, text } = cursor.peek();
  if (kind !== 'number') throw cursor.unexpected('a number');
  cursor.next();
  if (text.length > MOST_DIGITS) throw new RulesetError(`a number has at most ${MOST_DIGITS} characters`, at);
  if (sign === '' && isUnit(cursor.peek().text))
    return { kind: 'duration', amount: wholeAmount(text, at), unit: takeUnit(cursor), at };
  if (cursor.sees(['+', '-', '*', '/']))
    throw cursor.unexpected('the end of the number: write it worked out');
  return { kind: 'number', digits: sign + text, at };
};

const parseNow = (cursor: Cursor): Value => {
  const { at } = cursor.peek();
  const wrapped = cursor.takes('(');
  cursor.expect('now');
  cursor.expect('(');
  cursor.expect(')');
  const sign = cursor.takes('-') ? '-' : cursor.takes('+') ? '+' : undefined;
  const shift = sign && ({ sign, ...parseDuration(cursor) } as const);
  if (wrapped) cursor.expect(')');
  return { kind: 'now', ...(shift && { shift }), at };
};

const parseDuration = (cursor: Cursor) => {
  const { kind, text, at } = cursor.peek();
  if (kind !== 'number') throw cursor.unexpected('a number of days, hours or minutes');
  cursor.next();
  return { amount: wholeAmount(text, at), unit: takeUnit(cursor) };
};

const takeUnit = (cursor: Cursor): DurationUnit => {
  const { text } = cursor.peek();
  if (!isUnit(text)) throw cursor.unexpected('days, hours or minutes');
  cursor.next();
  return text;
};

const wholeAmount = (text: string, at: Value['at']): number => {
  if (!/^\d{1,7}$/.test(text))
    throw new RulesetError(
      `expected a whole number of at most 7 digits before the unit, found "${text}"`,
      at,
    );
  return Number(text);
};
