import { isObject } from '../json.ts';
import { flattenEvent, type Leaf, type Place } from './flatten.ts';
import { compileMatcher, type Matcher } from './matchers.ts';
import { PatternError } from './pattern-error.ts';

/** Whether an event matches a pattern. */
export type Pattern = (event: Readonly<Record<string, unknown>>) => boolean;

/** A field with the matchers of its value. */
type Field = { readonly path: string; readonly matchers: readonly Matcher[] };

/** Fields that must all match; `$or` gives several such sets, which share what comes before it. */
type Alternative = { readonly field: Field; readonly before: Alternative } | undefined;

/**
 * Compiles an EventBridge event pattern with the meaning of AWS's own engine: several matchers in one array are alternatives,
 * fields are conditions, and fields of one array's objects must match in the same element. If a field is named inside and
 * outside of `$or`, the last one counts. Throws `PatternError`.
 */
export const compilePattern = (pattern: unknown): Pattern => {
  const alternatives = compileObject([undefined], pattern, '', false).map(fieldsOf);
  return (event) => {
    const candidates = findCandidates(flattenEvent(event));
    return alternatives.some((fields) => {
      const found = fields.flatMap((field) => candidates(field) ?? []);
      return found.length === fields.length && isConsistent(found);
    });
  };
};

const fieldsOf = (alternative: Alternative): Field[] => {
  const fields = new Map<string, Field>();
  for (let at = alternative; at; at = at.before)
    if (!fields.has(at.field.path)) fields.set(at.field.path, at.field);
  return [...fields.values()];
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
  const field = { path, matchers: value.map((matcher) => compileMatcher(matcher, path)) };
  return alternatives.map((before) => ({ field, before }));
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

/**
 * Where the values are that match a field: outside of all arrays, or by array in its elements. Names with dots can bring a field
 * into two arrays at the same place: then the first one counts.
 */
type Found = { isFree: boolean; readonly arrays: Map<number, Map<number, Found>> };

const nowhere = (isFree = false): Found => ({ isFree, arrays: new Map() });

/** Finds the values that match a field, once for all alternatives; undefined if there are none. */
const findCandidates = (
  leaves: ReadonlyMap<string, readonly Leaf[]>,
): ((field: Field) => Found | undefined) => {
  const known = new Map<Field, Found | undefined>();
  const find = ({ path, matchers }: Field): Found | undefined => {
    const there = leaves.get(path);
    if (!there) return matchers.includes('absent') ? nowhere(true) : undefined;
    const matching = there.filter(({ value }) =>
      matchers.some((match) => match !== 'absent' && match(value)),
    );
    if (matching.length === 0) return undefined;
    const found = nowhere();
    for (const { place } of matching) addPlace(found, place).isFree = true;
    return found;
  };
  return (field) => {
    if (!known.has(field)) known.set(field, find(field));
    return known.get(field);
  };
};

const addPlace = (found: Found, place: Place | undefined): Found => {
  const way: Place[] = [];
  for (let at = place; at; at = at.around) way.push(at);
  let node = found;
  for (const { array, element } of way.reverse()) {
    const elements = node.arrays.get(array) ?? new Map<number, Found>();
    node.arrays.set(array, elements);
    const next = elements.get(element) ?? nowhere();
    elements.set(element, next);
    node = next;
  }
  return node;
};

/**
 * Whether one value per field can be chosen so that each array is used with one element only. Arrays are a tree, so that each
 * can be looked at for itself: in one of its elements, everything that has to be in this array is consistent.
 */
const isConsistent = (fields: readonly Found[]): boolean => {
  const byArray = new Map<number, ReadonlyMap<number, Found>[]>();
  for (const { isFree, arrays } of fields) {
    const [[array, elements] = []] = arrays;
    if (isFree || array === undefined || elements === undefined) continue;
    const others = byArray.get(array);
    if (others) others.push(elements);
    else byArray.set(array, [elements]);
  }
  return [...byArray.values()].every(isInOneElement);
};

const isInOneElement = (fields: readonly ReadonlyMap<number, Found>[]): boolean => {
  const [fewest] = [...fields].sort((left, right) => left.size - right.size);
  for (const element of fewest?.keys() ?? []) {
    if (!fields.every((elements) => elements.has(element))) continue;
    if (isConsistent(fields.flatMap((elements) => elements.get(element) ?? []))) return true;
  }
  return false;
};
