import type { Cursor } from './cursor.ts';
import { RULE_TYPES, type Signature } from './rule-types.ts';
import { RulesetError } from './ruleset-error.ts';
import type { Atom, Condition, Value } from './syntax.ts';

/** Rejects an atom with parameters, a condition, a predicate or a threshold that its rule type does not support. */
export const checkSignature = (atom: Atom, cursor: Cursor): void => {
  const { type, parameters, condition, where, threshold } = atom;
  const signature: Signature = RULE_TYPES[type];
  checkCount(atom, signature, cursor);
  if (signature.condition === 'none' && condition)
    throw new RulesetError(`${type} must have no condition`, condition.at);
  if (!condition && signature.condition !== 'none' && !signature.condition.startsWith('optional'))
    throw cursor.unexpected(`a condition after ${type}${parameters.length > 0 ? ' and its column' : ''}`);
  if (condition) checkValues(type, condition, signature.condition);
  if (where && !signature.where) throw new RulesetError(`${type} must have no where`, where.at);
  if (threshold && !signature.threshold)
    throw new RulesetError(`${type} must have no threshold`, threshold.at);
  if (threshold) checkValues('with threshold', threshold, 'number');
  if (type === 'CustomSql' && condition && threshold)
    throw new RulesetError('CustomSql can have a condition or a threshold, not both', threshold.at);
};

const checkCount = ({ type, parameters, at }: Atom, signature: Signature, cursor: Cursor): void => {
  const [least, most] = signature.parameters;
  if (parameters.length < least)
    throw cursor.unexpected(
      `a quoted parameter: ${type} takes ${least === most ? least : `at least ${least}`}`,
    );
  const surplus = parameters[most];
  if (surplus)
    throw new RulesetError(
      `${type} takes ${most === 0 ? 'no parameter' : `at most ${most}`}`,
      surplus.at ?? at,
    );
};

const checkValues = (type: string, condition: Condition, wanted: Signature['condition']): void => {
  if (wanted === 'any') return;
  const kind = wanted === 'optional number' ? 'number' : wanted;
  if (condition.kind === 'matches') throw new RulesetError(`${type} does not take matches`, condition.at);
  if (kind === 'text' && isOrdered(condition))
    throw new RulesetError(`${type} takes =, !=, in or not in`, condition.at);
  const stray = valuesOf(condition).find((value) => value.kind !== kind);
  if (stray) throw new RulesetError(`expected a ${kind} after ${type}`, stray.at);
};

const isOrdered = (condition: Condition): boolean =>
  condition.kind === 'between' || (condition.kind === 'compare' && !['=', '!='].includes(condition.operator));

/** The values in a condition, in the order in which they were written. */
export const valuesOf = (condition: Condition): readonly Value[] => {
  switch (condition.kind) {
    case 'compare':
      return [condition.value];
    case 'between':
      return [condition.low, condition.high];
    case 'in':
      return condition.values;
    case 'matches':
      return [];
  }
};
