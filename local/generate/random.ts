/** Pseudo-random choices; the same seed gives the same choices on every machine. */
export type Random = {
  /** A number from 0 (included) to 1 (not included). */
  fraction(): number;
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
  return choices(() => {
    state = (state + 0x9e3779b9) >>> 0;
    return mix(state) / 2 ** 32;
  });
};

/**
 * Starts the choices of one record: they depend on the seed, the name of the dataset and the record's number (up to 2^53) alone,
 * so that any record can be generated without those before it. Chris Doty-Humphrey's sfc32, whose 128 bits of state keep 50
 * million records apart.
 */
export const randomAt = (seed: number, dataset: string, number: number): Random => {
  let a = mix(seed >>> 0);
  let b = textHash(dataset);
  let c = number >>> 0;
  let counter = Math.floor(number / 2 ** 32) + 1;
  const next = (): number => {
    const out = (a + b + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = ((c << 21) | (c >>> 11)) + out;
    return out >>> 0;
  };
  for (let round = 0; round < 12; round++) next();
  return choices(() => next() / 2 ** 32);
};

/** FNV-1a. */
const textHash = (text: string): number => {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  return hash >>> 0;
};

const choices = (fraction: () => number): Random => {
  const below = (limit: number) => Math.floor(fraction() * limit);
  return {
    fraction,
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
