import { createHash } from 'node:crypto';

/** Hash of a key under a secret, 128 bits. */
export type KeyHash = {
  /** Hashes the first `length` bytes of `words`, which are zero up to the next word, into the first four places of `into`. */
  readonly hash: (words: Uint32Array, length: number, into: Uint32Array) => void;
};

const [wordRounds, lastRounds] = [2, 4];

/**
 * HalfSipHash-2-4 (Aumasson and Bernstein, SipHash reference code) with 64 bits of output, twice under keys made from
 * the seed. Who does not know the seed cannot make keys that collide: that any two of n different keys do has a chance
 * of n² / 2^129, for a thousand million keys 10^-21.
 */
export const keyHash = (seed: string): KeyHash => {
  const secret = createHash('sha256').update(seed).digest();
  const [a, b, c, d] = [0, 4, 8, 12].map((at) => secret.readUInt32LE(at));
  return {
    hash: (words, length, into) => {
      halfSipHash(a ?? 0, b ?? 0, words, length, into, 0);
      halfSipHash(c ?? 0, d ?? 0, words, length, into, 2);
    },
  };
};

/** The words of a text, then its length and two zero words; the other constants are the algorithm's own. */
export const halfSipHash = (
  low: number,
  high: number,
  words: Uint32Array,
  length: number,
  into: Uint32Array,
  at: number,
): void => {
  let v0 = low;
  let v1 = high ^ 0xee;
  let v2 = low ^ 0x6c796765;
  let v3 = high ^ 0x74656462;
  const last = length >>> 2;
  for (let step = 0; step <= last + 2; step++) {
    const isWord = step <= last;
    const word = isWord ? (words[step] ?? 0) | (step === last ? length << 24 : 0) : 0;
    v3 ^= word;
    if (step === last + 1) v2 ^= 0xee;
    if (step === last + 2) v1 ^= 0xdd;
    for (let round = isWord ? wordRounds : lastRounds; round > 0; round--) {
      v0 = (v0 + v1) | 0;
      v1 = ((v1 << 5) | (v1 >>> 27)) ^ v0;
      v0 = (v0 << 16) | (v0 >>> 16);
      v2 = (v2 + v3) | 0;
      v3 = ((v3 << 8) | (v3 >>> 24)) ^ v2;
      v0 = (v0 + v3) | 0;
      v3 = ((v3 << 7) | (v3 >>> 25)) ^ v0;
      v2 = (v2 + v1) | 0;
      v1 = ((v1 << 13) | (v1 >>> 19)) ^ v2;
      v2 = (v2 << 16) | (v2 >>> 16);
    }
    v0 ^= word;
    if (step === last + 1) into[at] = v1 ^ v3;
  }
  into[at + 1] = v1 ^ v3;
};
