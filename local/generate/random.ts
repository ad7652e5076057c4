/** Pseudo-random choices; the same seed gives the same choices on every machine. */
export type Random = {
  /** An integer from 0 to `limit` - 1. */
  below(limit: number): number;
  /** An integer from `low` to `high`, both included. */
  between(low: number, high: number): number;
  /** True in `share` (0 to 1) of all calls. */
  chance(share: number): boolean;
  /** One element of a list; RangeError for an empty list. */
  pick<T>(list: readonly T[]): T;
};

/** Starts the choices of a seed: a Weyl sequence mixed by MurmurHash3's 32-bit finalizer. */
export const seededRandom = (seed: number): Random => {
  let state = seed >>> 0;
  const fraction = () => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  };
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    below,
    between: (low, high) => low + below(high - low + 1),
    chance: (share) => fraction() < share,
    pick: (list) => elementAt(list, below(list.length)),
  };
};

const mix = (state: number): number => {
  let hash = state;
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
};

const elementAt = <T>(list: readonly T[], index: number): T => {
  if (index >= list.length) throw new RangeError('nothing to pick from: the list is empty');
  return list[index] as T;
};
