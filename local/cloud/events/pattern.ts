import { flattenEvent, type Leaf } from './flatten.ts';
import { compileMatcher, type Matcher } from './matchers.ts';
import { PatternError } from './pattern-error.ts';

/** Whether an event matches a pattern. */
export type Pattern = (event: Readonly<Record<string, unknown>>) => boolean;

/** Matchers by path that must all match; `$or` gives several such sets. */
type Alternative = ReadonlyMap<string, readonly Matcher[]>;

/**
 * Compiles an EventBridge event pattern with the meaning of AWS's own engine: several matchers in one array are alternatives,
 * fields are conditions, and fields of one array's objects must match in the same element. If a field is named inside and
 * outside of `$or`, the last one counts. Throws `PatternError`.
 */
export const compilePattern = (pattern: unknown): Pattern => {
  const alternatives = compileObject([new Map()], pattern, '', false);
  return (event) => {
    const leaves = flattenEvent(event);
    return alternatives.some((alternative) => holds(alternative, leaves));
  };
};

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const compileObject = (
  alternatives: readonly Alternative[],
  object: unknown,
  path: string,
  isInsideOr: boolean,
): readonly Alternative[] => {
  if (!isObject(object)) throw new PatternError(path, 'must be an object');
  if (Object.keys(object).length === 0) throw new PatternError(path, 'must not be empty');
  return Object.entries(object).reduce((before, [name, value]) => {
    if (name === '$or') return compileOr(before, value, path);
    if (isInsideOr && reservedInsideOr.has(name))
      throw new PatternError(path, `names the operator ${name} in $or`);
    return compileField(before, value, path === '' ? name : `${path}.${name}`, isInsideOr);
  }, alternatives);
};

const compileField = (
  alternatives: readonly Alternative[],
  value: unknown,
  path: string,
  isInsideOr: boolean,
): readonly Alternative[] => {
  if (isObject(value)) return compileObject(alternatives, value, path, isInsideOr);
  if (!Array.isArray(value)) throw new PatternError(path, 'must be an object or an array');
  if (value.length === 0) throw new PatternError(path, 'must not be an empty array');
  const matchers = value.map((matcher) => compileMatcher(matcher, path));
  return alternatives.map((alternative) => new Map(alternative).set(path, matchers));
};

const compileOr = (
  alternatives: readonly Alternative[],
  value: unknown,
  path: string,
): readonly Alternative[] => {
  const where = path === '' ? '$or' : `${path}.$or`;
  if (!Array.isArray(value) || value.length < 2)
    throw new PatternError(where, 'must be an array of two objects or more');
  return value.flatMap((choice) => {
    if (!isObject(choice)) throw new PatternError(where, 'must contain only objects');
    return compileObject(alternatives, choice, path, true);
  });
};

const reservedInsideOr = new Set(
  'exactly equals-ignore-case prefix suffix anything-but exists wildcard numeric cidr = < <= > >= regex'.split(
    ' ',
  ),
);

const holds = (alternative: Alternative, leaves: ReadonlyMap<string, readonly Leaf[]>): boolean => {
  const candidates: (readonly Leaf[])[] = [];
  for (const [path, matchers] of alternative) {
    const found = leaves.get(path);
    if (!found && matchers.includes('absent')) continue;
    const meant = (found ?? []).filter(({ value }) =>
      matchers.some((match) => match !== 'absent' && match(value)),
    );
    if (meant.length === 0) return false;
    candidates.push(meant);
  }
  return isConsistent(candidates, new Map());
};

/** Whether one value per field can be chosen so that each array is used with one element only. */
const isConsistent = (fields: readonly (readonly Leaf[])[], chosen: ReadonlyMap<number, number>): boolean => {
  const [first, ...rest] = fields;
  if (!first) return true;
  return first.some(({ elements }) => {
    const agrees = [...elements].every(([array, element]) => (chosen.get(array) ?? element) === element);
    return agrees && isConsistent(rest, new Map([...chosen, ...elements]));
  });
};
