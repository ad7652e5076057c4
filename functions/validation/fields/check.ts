import { RE2JS } from 're2js';
import type { Field } from './field.ts';
import { type QuickCheck, quickLength, quickNone } from './quick.ts';
import { valueType } from './type.ts';

/** What is wrong with a value: the check's name, and words that follow the value, such as `is not an int`. */
export type ValueViolation = { readonly rule: string; readonly says: string };

/** The validator of one column's values. */
export type FieldValidator = {
  readonly field: Field;
  /** True only for values that `violation` accepts; a false says nothing. */
  readonly quick: QuickCheck;
  /** The first violation of a value that is not empty; undefined when it is valid. */
  readonly violation: (text: string) => ValueViolation | undefined;
};

type Check = (text: string) => ValueViolation | undefined;

/** Makes the validator of a column from its entry in the manifest. */
export const validateField = (field: Field): FieldValidator => {
  const checks = [typeCheck, rangeCheck, lengthCheck, patternCheck, choiceCheck]
    .map((check) => check(field))
    .filter((check) => check !== undefined);
  return { field, quick: quickCheck(field), violation: firstViolation(checks) };
};

const firstViolation =
  (checks: readonly Check[]): Check =>
  (text) => {
    for (const check of checks) {
      const violation = check(text);
      if (violation) return violation;
    }
    return undefined;
  };

const quickCheck = ({ type, min, max, min_length, max_length, pattern, one_of }: Field): QuickCheck => {
  const isFree = [min, max, pattern, one_of].every((limit) => limit === undefined);
  if (!isFree) return quickNone;
  if (min_length === undefined && max_length === undefined) return valueType(type).quick;
  return type.kind === 'string' ? quickLength(min_length ?? 0, max_length ?? Infinity) : quickNone;
};

const typeCheck = ({ type, type_name }: Field): Check => {
  const { violation } = valueType(type);
  const article = type.kind === 'int' ? 'an' : 'a';
  return (text) => {
    const why = violation(text);
    return why === undefined ? undefined : { rule: 'type', says: `is not ${article} ${type_name} (${why})` };
  };
};

const rangeCheck = ({ type, min, max }: Field): Check | undefined => {
  const { compare } = valueType(type);
  if (!compare || (min === undefined && max === undefined)) return undefined;
  return (text) => {
    if (min !== undefined && compare(text, min) < 0) return { rule: 'min', says: `is less than ${min}` };
    if (max !== undefined && compare(text, max) > 0) return { rule: 'max', says: `is more than ${max}` };
    return undefined;
  };
};

const lengthCheck = ({ min_length, max_length }: Field): Check | undefined => {
  if (min_length === undefined && max_length === undefined) return undefined;
  const [least, most] = [min_length ?? 0, max_length ?? Infinity];
  const asked = least === most ? `${least}` : most === Infinity ? `at least ${least}` : `${least} to ${most}`;
  return (text) => {
    const length = characters(text);
    if (length >= least && length <= most) return undefined;
    return { rule: 'length', says: `has ${length} characters, the manifest asks for ${asked}` };
  };
};

/** Counts code points, as LENGTH does in the engines. */
const characters = (text: string): number => {
  let pairs = 0;
  for (let at = 1; at < text.length; at++) if ((text.charCodeAt(at) & 0xfc00) === 0xdc00) pairs++;
  return text.length - pairs;
};

const patternCheck = ({ pattern }: Field): Check | undefined => {
  if (pattern === undefined) return undefined;
  const compiled = RE2JS.compile(pattern);
  return (text) =>
    compiled.matches(text) ? undefined : { rule: 'pattern', says: `does not match the pattern ${pattern}` };
};

const choiceCheck = ({ one_of }: Field): Check | undefined => {
  if (one_of === undefined) return undefined;
  const choices = new Set(one_of);
  const shown = one_of.length > 5 ? `${one_of.slice(0, 5).join(', ')}, …` : one_of.join(', ');
  return (text) => (choices.has(text) ? undefined : { rule: 'one_of', says: `is none of ${shown}` });
};
