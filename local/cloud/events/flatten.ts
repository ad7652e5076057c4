/** A value at the end of a path of an event. */
export type Scalar = string | number | boolean | null;

/** One value of an event and, for each array around it, the index of its element. */
export type Leaf = { readonly value: Scalar; readonly elements: ReadonlyMap<number, number> };

type Walk = { readonly leaves: Map<string, Leaf[]>; arrays: number };

/**
 * Lists the values of an event by path (names joined with dots; arrays add no name, as in EventBridge's own engine). An object
 * or an empty array is not a value.
 */
export const flattenEvent = (
  event: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, readonly Leaf[]> => {
  const walk: Walk = { leaves: new Map(), arrays: 0 };
  visitObject(walk, event, '', new Map());
  return walk.leaves;
};

const visitObject = (walk: Walk, object: object, path: string, elements: Leaf['elements']): void => {
  for (const [name, value] of Object.entries(object)) {
    visit(walk, value, path === '' ? name : `${path}.${name}`, elements);
  }
};

const visit = (walk: Walk, value: unknown, path: string, elements: Leaf['elements']): void => {
  if (Array.isArray(value)) visitArray(walk, value, path, elements);
  else if (typeof value === 'object' && value !== null) visitObject(walk, value, path, elements);
  else if (value !== undefined) addLeaf(walk, path, { value: value as Scalar, elements });
};

const visitArray = (
  walk: Walk,
  array: readonly unknown[],
  path: string,
  elements: Leaf['elements'],
): void => {
  const id = walk.arrays++;
  array.forEach((element, index) => {
    // Plain values of one array are alternatives; only objects and arrays tie other fields to the same element.
    const isNested = typeof element === 'object' && element !== null;
    visit(walk, element, path, isNested ? new Map(elements).set(id, index) : elements);
  });
};

const addLeaf = ({ leaves }: Walk, path: string, leaf: Leaf): void => {
  const found = leaves.get(path);
  if (found) found.push(leaf);
  else leaves.set(path, [leaf]);
};
