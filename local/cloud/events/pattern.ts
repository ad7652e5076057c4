import { isObject } from '../json.ts';
import { flattenEvent, type Leaf, type Place } from './flatten.ts';
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

/** AWS rejects a pattern with more combinations of `$or`. */
const mostAlternatives = 1_000;

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
  const all: Alternative[] = [];
  for (const choice of value) {
    if (!isObject(choice)) throw new PatternError(where, 'must contain only objects');
    all.push(...compileObject(alternatives, choice, path, true));
    if (all.length > mostAlternatives)
      throw new PatternError(where, `has more than ${mostAlternatives} combinations`);
  }
  return all;
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
  return isConsistent(candidates.map((field) => field.map(({ place }) => wayTo(place))));
};

/** The elements around a value, outermost first. */
type Way = readonly Place[];

const wayTo = (place: Place | undefined): Way => {
  const way: Place[] = [];
  for (let at = place; at; at = at.around) way.push(at);
  return way.reverse();
};

/**
 * Whether one value per field can be chosen so that each array is used with one element only. Arrays are a tree, so that each
 * can be looked at for itself: in one of its elements, everything that has to be in this array is consistent.
 */
const isConsistent = (fields: readonly (readonly Way[])[]): boolean => {
  // A value outside of all arrays is free.
  const tied = fields.filter((ways) => ways.every((way) => way.length > 0));
  const arrays = new Map<number, (readonly Way[])[]>();
  for (const ways of tied) {
    // Names with dots can bring a field into two arrays: then the first one counts.
    const [array = -1] = ways.map(([place]) => place?.array);
    arrays.set(array, [...(arrays.get(array) ?? []), ways.filter(([place]) => place?.array === array)]);
  }
  return [...arrays.values()].every(isInOneElement);
};

const isInOneElement = (fields: readonly (readonly Way[])[]): boolean => {
  const byElement = fields.map(groupByElement);
  const [first, ...others] = byElement;
  return [...(first?.entries() ?? [])].some(([element, ways]) => {
    const same = [ways, ...others.map((field) => field.get(element) ?? [])];
    return same.every(({ length }) => length > 0) && isConsistent(same.map((all) => all.map(inner)));
  });
};

const groupByElement = (ways: readonly Way[]): ReadonlyMap<number | undefined, Way[]> => {
  const groups = new Map<number | undefined, Way[]>();
  for (const way of ways) {
    const element = way[0]?.element;
    const group = groups.get(element);
    if (group) group.push(way);
    else groups.set(element, [way]);
  }
  return groups;
};

const inner = (way: Way): Way => way.slice(1);
