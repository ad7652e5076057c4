/** A value at the end of a path of an event. */
export type Scalar = string | number | boolean | null;

/** The element of an array around a value, and the one around that array. */
export type Place = { readonly array: number; readonly element: number; readonly around: Place | undefined };

/** One value of an event, and the innermost element of an array that ties it to others. */
export type Leaf = { readonly value: Scalar; readonly place: Place | undefined };

type Walk = { readonly leaves: Map<string, Leaf[]>; arrays: number };

/**
 * Lists the values of an event by path (names joined with dots; arrays add no name, as in EventBridge's own engine). An object
 * or an empty array is not a value.
 */
export const flattenEvent = (
  event: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, readonly Leaf[]> => {
  const walk: Walk = { leaves: new Map(), arrays: 0 };
  visitObject(walk, event, '', undefined);
  return walk.leaves;
};

const visitObject = (walk: Walk, object: object, path: string, place: Leaf['place']): void => {
  for (const [name, value] of Object.entries(object)) {
    visit(walk, value, path === '' ? name : `${path}.${name}`, place);
  }
};

const visit = (walk: Walk, value: unknown, path: string, place: Leaf['place']): void => {
  if (Array.isArray(value)) visitArray(walk, value, path, place);
  else if (typeof value === 'object' && value !== null) visitObject(walk, value, path, place);
  else if (value !== undefined) addLeaf(walk, path, { value: value as Scalar, place });
};

const visitArray = (walk: Walk, array: readonly unknown[], path: string, place: Leaf['place']): void => {
  const id = walk.arrays++;
  array.forEach((value, element) => {
    // Plain values of one array are alternatives; only objects and arrays tie other fields to the same element.
    const isNested = typeof value === 'object' && value !== null;
    visit(walk, value, path, isNested ? { array: id, element, around: place } : place);
  });
};

const addLeaf = ({ leaves }: Walk, path: string, leaf: Leaf): void => {
  const found = leaves.get(path);
  if (found) found.push(leaf);
  else leaves.set(path, [leaf]);
};
