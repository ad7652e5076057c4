import { type FieldValidator, validateField } from '../fields/check.ts';
import type { Field } from '../fields/field.ts';
import { fieldPath, type PathStep } from '../fields/path.ts';
import type { JsonKind } from './skip.ts';

/** What the manifest says about the values of JSON records, as a tree with the same form as the records. */
export type JsonShape = LeafShape | ListShape | ObjectShape;

/** A value that is neither an object nor an array. */
export type LeafShape = {
  readonly kind: 'leaf';
  readonly field: Field;
  readonly validate: FieldValidator;
  /** The JSON kind of its values. */
  readonly json: JsonKind;
  /** Position of the field in the manifest's key; -1 for one that is not in it. */
  readonly keyAt: number;
  /** Some record has named it. */
  isSeen: boolean;
};

/** An array, of values or of objects. */
export type ListShape = { readonly kind: 'list'; readonly path: string; readonly items: JsonShape };

export type ObjectShape = {
  readonly kind: 'object';
  /** Its path with a point at the end, such as `items[].`; empty for the record itself. */
  readonly path: string;
  readonly members: readonly Member[];
  readonly byKey: ReadonlyMap<string, Member>;
  /** Single keys that stand for several nested ones, such as `user.name`, and their values. */
  readonly flat: ReadonlyMap<string, JsonShape>;
  /** Keys that the manifest does not name, as far as records have shown any. */
  readonly unknown: Set<string>;
};

/** One key of an object and its value. */
export type Member = {
  readonly key: string;
  /** The key with its quotes, as it is usually written. */
  readonly quoted: Buffer;
  /** Position among the members. */
  readonly at: number;
  readonly shape: JsonShape;
  /** Number of the last object that named it. */
  seenIn: number;
};

type Place = { readonly field: Field; readonly steps: readonly PathStep[] };

/** The shape of records with these fields, which are taken from paths. */
export const jsonShape = (fields: readonly Field[], key: readonly string[] = []): ObjectShape =>
  objectShape(
    '',
    fields.map((field) => ({ field, steps: fieldPath(field.from) })),
    key,
  );

const objectShape = (path: string, places: readonly Place[], key: readonly string[]): ObjectShape => {
  const byFirst = new Map<string, Place[]>();
  for (const place of places) {
    const [first] = place.steps;
    if (first) byFirst.set(first.key, [...(byFirst.get(first.key) ?? []), place]);
  }
  const members = [...byFirst].map(
    ([name, own], at): Member => ({
      key: name,
      quoted: Buffer.from(JSON.stringify(name)),
      at,
      shape: memberShape(path + name, own, key),
      seenIn: 0,
    }),
  );
  const byKey = new Map(members.map((member) => [member.key, member]));
  return { kind: 'object', path, members, byKey, flat: flatKeys(members), unknown: new Set() };
};

const flatKeys = (members: readonly Member[]): ReadonlyMap<string, JsonShape> =>
  new Map(
    members.flatMap(({ key, shape }) => {
      if (shape.kind !== 'object') return [];
      const direct = shape.members.map((inner) => [`${key}.${inner.key}`, inner.shape] as const);
      return [...direct, ...[...shape.flat].map(([inner, held]) => [`${key}.${inner}`, held] as const)];
    }),
  );

const memberShape = (path: string, places: readonly Place[], key: readonly string[]): JsonShape => {
  const isList = places.some(({ steps }) => steps[0]?.isArray);
  const place = isList ? `${path}[]` : path;
  const items = valueShape(place, places, key);
  return isList ? { kind: 'list', path: place, items } : items;
};

const valueShape = (path: string, places: readonly Place[], key: readonly string[]): JsonShape => {
  const [first] = places;
  if (first?.steps.length === 1) return leafShape(first.field, key);
  const inside = places.map(({ field, steps }) => ({ field, steps: steps.slice(1) }));
  return objectShape(`${path}.`, inside, key);
};

const leafShape = (field: Field, key: readonly string[]): LeafShape => ({
  kind: 'leaf',
  field,
  validate: validateField(field),
  json: kindFor(field),
  keyAt: key.indexOf(field.name),
  isSeen: false,
});

const kindFor = ({ type: { kind } }: Field): JsonKind => {
  if (kind === 'bool') return 'true or false';
  return kind === 'int' || kind === 'decimal' || kind === 'float' ? 'a number' : 'a string';
};

/** All values below a shape, in the order of the manifest. */
export const leavesOf = (shape: JsonShape): readonly LeafShape[] => {
  if (shape.kind === 'leaf') return [shape];
  return shape.kind === 'list'
    ? leavesOf(shape.items)
    : shape.members.flatMap(({ shape }) => leavesOf(shape));
};
