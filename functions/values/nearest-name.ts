/** The name most similar to a wrong one, ignoring case; undefined if none is similar. */
export const nearestName = (wrong: string, names: readonly string[]): string | undefined => {
  const most = Math.max(1, Math.floor(wrong.length / 3));
  const ranked = names
    .map((name) => ({ name, distance: distanceOf(wrong.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, distance }) => (distance <= most && distance < wrong.length) || isPart(wrong, name))
    .sort(
      (one, other) =>
        one.distance - other.distance || sharedStart(wrong, other.name) - sharedStart(wrong, one.name),
    );
  return ranked[0]?.name;
};

/** ` (did you mean x?)`, or ` (there is a, b)` if no name is similar; empty without names. */
export const nameHint = (wrong: string, names: readonly string[]): string => {
  const nearest = nearestName(wrong, names);
  if (nearest !== undefined) return ` (did you mean ${nearest}?)`;
  const shown = names.length > mostShown ? [...names.slice(0, mostShown), '…'] : names;
  return shown.length === 0 ? '' : ` (there ${shown.length === 1 ? 'is' : 'are'} ${shown.join(', ')})`;
};

const sharedStart = (one: string, other: string): number => {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length++;
  return length;
};

const mostShown = 12;

const isPart = (one: string, other: string): boolean =>
  Math.min(one.length, other.length) > 2 && (one.includes(other) || other.includes(one));

/** Letters to insert, remove, replace or swap with the next one. */
const distanceOf = (one: string, other: string): number => {
  let [beforeLast, last]: [number[], number[]] = [
    [],
    Array.from({ length: other.length + 1 }, (_, at) => at),
  ];
  for (let row = 1; row <= one.length; row++) {
    const current = [row];
    for (let at = 1; at <= other.length; at++) {
      const isSame = one[row - 1] === other[at - 1];
      const isSwap = one[row - 1] === other[at - 2] && one[row - 2] === other[at - 1];
      current[at] = Math.min(
        (last[at] ?? 0) + 1,
        (current[at - 1] ?? 0) + 1,
        (last[at - 1] ?? 0) + (isSame ? 0 : 1),
        isSwap ? (beforeLast[at - 2] ?? Infinity) + 1 : Infinity,
      );
    }
    [beforeLast, last] = [last, current];
  }
  return last[other.length] ?? 0;
};
