/** Groups items by a text, keeping their order within a group. */
export const groupBy = <T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> => {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return groups;
};

/** Counts the different values that items have. */
export const countDistinct = <T>(items: readonly T[], nameOf: (item: T) => string): number =>
  new Set(items.map(nameOf)).size;

/** The largest groups with their sizes, largest first, equal ones by the bytes of their key. */
export const largestGroups = <T>(
  groups: ReadonlyMap<string, readonly T[]>,
  limit: number,
): [string, number][] =>
  [...groups]
    .map(([key, items]): [string, number] => [key, items.length])
    .sort(([leftKey, left], [rightKey, right]) => right - left || byBytes(leftKey, rightKey))
    .slice(0, limit);

const byBytes = (left: string, right: string): number =>
  Buffer.compare(Buffer.from(left), Buffer.from(right));
