import { BlockList, isIP } from 'node:net';
import { entryNamed } from '../protocol.ts';
import type { Scalar } from './flatten.ts';
import { PatternError } from './pattern-error.ts';

/** Whether one value of an event matches; `absent` stands for a field without a value. */
export type Matcher = 'absent' | ((value: Scalar) => boolean);

type TextTest = (value: string) => boolean;

/**
 * Compiles one element of a pattern's array: a plain value, or an object with one operator
 * (https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html).
 * Numbers are compared as numbers. Throws `PatternError`.
 */
export const compileMatcher = (matcher: unknown, path: string): Matcher => {
  if (isScalar(matcher)) return (value) => value === matcher;
  const [name, operand] = onlyEntry(matcher, path);
  const compile = entryNamed(operators, name);
  if (!compile) throw new PatternError(path, `has the unknown operator ${JSON.stringify(name)}`);
  return compile(operand, `${path}.${name}`);
};

const isScalar = (value: unknown): value is Scalar =>
  value === null || ['string', 'number', 'boolean'].includes(typeof value);

const onlyEntry = (matcher: unknown, path: string): [string, unknown] => {
  const isObject = typeof matcher === 'object' && matcher !== null && !Array.isArray(matcher);
  const entries = isObject ? Object.entries(matcher) : [];
  const [entry] = entries;
  if (!entry || entries.length > 1)
    throw new PatternError(path, 'must be a plain value or an object with one operator');
  return entry;
};

const text = (operand: unknown, path: string): string => {
  if (typeof operand !== 'string') throw new PatternError(path, 'takes a text');
  return operand;
};

const nonEmptyText = (operand: unknown, path: string): string => {
  if (operand === '') throw new PatternError(path, 'must not be an empty text');
  return text(operand, path);
};

const ofText =
  (test: TextTest): Matcher =>
  (value) =>
    typeof value === 'string' && test(value);

const startsWith =
  (prefix: string): TextTest =>
  (value) =>
    value.startsWith(prefix);

const endsWith =
  (suffix: string): TextTest =>
  (value) =>
    value.endsWith(suffix);

/** `equals-ignore-case`, alone or inside `prefix` and `suffix`. */
const orIgnoringCase = (operand: unknown, path: string, test: (wanted: string) => TextTest): Matcher => {
  if (typeof operand === 'string') return ofText(test(operand));
  const [name, inner] = onlyEntry(operand, path);
  if (name !== 'equals-ignore-case') throw new PatternError(path, 'must be a text or equals-ignore-case');
  const isMeant = test(text(inner, path).toLowerCase());
  return ofText((value) => isMeant(value.toLowerCase()));
};

const equalsIgnoringCase = (wanted: string): TextTest => {
  const lower = wanted.toLowerCase();
  return (value) => value.toLowerCase() === lower;
};

/** `*` stands for any characters; `\*` and `\\` stand for themselves. */
const wildcard = (pattern: string, path: string): TextTest => {
  if (/^(?:[^\\]|\\.)*?\*\*/s.test(pattern)) throw new PatternError(path, 'has two * in a row');
  if (/^(?:[^\\]|\\[*\\])*\\(?![*\\])/s.test(pattern))
    throw new PatternError(path, 'escapes only \\* and \\\\');
  const texts = [''];
  for (const [, escaped, star, plain] of pattern.matchAll(/\\([*\\])|(\*)|([^\\*]+)/gs)) {
    if (star) texts.push('');
    else texts.push(`${texts.pop()}${escaped ?? plain}`);
  }
  const [first = '', ...others] = texts;
  const last = others.pop();
  return last === undefined ? (value) => value === first : between(first, others, last);
};

/** Texts that follow each other, with anything between them: each is searched once, where it comes first. */
const between =
  (first: string, inner: readonly string[], last: string): TextTest =>
  (value) => {
    const end = value.length - last.length;
    if (!value.startsWith(first) || !value.endsWith(last)) return false;
    let at = first.length;
    for (const text of inner) {
      const found = value.indexOf(text, at);
      if (found < 0) return false;
      at = found + text.length;
    }
    return at <= end;
  };

const anythingBut = (operand: unknown, path: string): Matcher => {
  if (typeof operand === 'object' && operand !== null && !Array.isArray(operand))
    return noneOfTests(operand, path);
  const values: unknown[] = Array.isArray(operand) ? operand : [operand];
  const kinds = new Set(values.map((value) => typeof value));
  const isOneKind = kinds.size === 1 && (kinds.has('string') || kinds.has('number'));
  if (!isOneKind) throw new PatternError(path, 'must hold texts or numbers, not both');
  return (value) => !values.includes(value);
};

const negatable: Readonly<Record<string, (wanted: unknown, path: string) => TextTest>> = {
  prefix: (wanted, path) => startsWith(nonEmptyText(wanted, path)),
  suffix: (wanted, path) => endsWith(nonEmptyText(wanted, path)),
  'equals-ignore-case': (wanted, path) => equalsIgnoringCase(text(wanted, path)),
  wildcard: (wanted, path) => wildcard(text(wanted, path), path),
};

const noneOfTests = (operand: object, path: string): Matcher => {
  const [name, wanted] = onlyEntry(operand, path);
  const compile = entryNamed(negatable, name);
  if (!compile) throw new PatternError(path, `has the unknown operator ${JSON.stringify(name)}`);
  const list: unknown[] = Array.isArray(wanted) ? wanted : [wanted];
  if (list.length === 0) throw new PatternError(`${path}.${name}`, 'must not be an empty list');
  const tests = list.map((each) => compile(each, `${path}.${name}`));
  return (value) => typeof value !== 'string' || !tests.some((test) => test(value));
};

const comparisons: Readonly<Record<string, (value: number, bound: number) => boolean>> = {
  '=': (value, bound) => value === bound,
  '>': (value, bound) => value > bound,
  '>=': (value, bound) => value >= bound,
  '<': (value, bound) => value < bound,
  '<=': (value, bound) => value <= bound,
};

const numeric = (operand: unknown, path: string): Matcher => {
  const terms: unknown[] = Array.isArray(operand) ? operand : [];
  const [lower, bottom, upper, top] = terms;
  const isRange = terms.length === 4;
  if (terms.length !== 2 && !isRange) throw new PatternError(path, 'must be [operator, number] or a range');
  const tests = [comparison(lower, bottom, path), ...(isRange ? [comparison(upper, top, path)] : [])];
  if (isRange && !(isLower(lower) && isUpper(upper) && Number(bottom) < Number(top))) {
    throw new PatternError(
      path,
      'must be a range such as [">" or ">=", bottom, "<" or "<=", top], with bottom below top',
    );
  }
  return (value) => typeof value === 'number' && tests.every((test) => test(value));
};

const isLower = (operator: unknown): boolean => operator === '>' || operator === '>=';
const isUpper = (operator: unknown): boolean => operator === '<' || operator === '<=';

const comparison = (operator: unknown, bound: unknown, path: string): ((value: number) => boolean) => {
  const compare = typeof operator === 'string' ? entryNamed(comparisons, operator) : undefined;
  if (!compare) throw new PatternError(path, `has the unknown comparison ${JSON.stringify(operator)}`);
  if (typeof bound !== 'number') throw new PatternError(path, 'must compare with a number');
  return (value) => compare(value, bound);
};

const exists = (operand: unknown, path: string): Matcher => {
  if (typeof operand !== 'boolean') throw new PatternError(path, 'must be true or false');
  return operand ? () => true : 'absent';
};

const cidr = (operand: unknown, path: string): Matcher => {
  const [network = '', bits = '', ...rest] = text(operand, path).split('/');
  const version = isIP(network);
  const isBlock =
    version > 0 && rest.length === 0 && /^\d+$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128);
  if (!isBlock) throw new PatternError(path, 'must be a block such as 10.0.0.0/24');
  const block = new BlockList();
  block.addSubnet(network, Number(bits), version === 4 ? 'ipv4' : 'ipv6');
  return ofText((value) => isIP(value) === version && block.check(value, version === 4 ? 'ipv4' : 'ipv6'));
};

const operators: Readonly<Record<string, (operand: unknown, path: string) => Matcher>> = {
  prefix: (operand, path) => orIgnoringCase(operand, path, startsWith),
  suffix: (operand, path) => orIgnoringCase(operand, path, endsWith),
  'equals-ignore-case': (operand, path) => ofText(equalsIgnoringCase(text(operand, path))),
  wildcard: (operand, path) => ofText(wildcard(text(operand, path), path)),
  'anything-but': anythingBut,
  numeric,
  exists,
  cidr,
};
