import { expect, it } from 'vitest';
import { halfSipHash, keyHash } from '../../../../functions/validation/keys/hash.ts';

const wordsOf = (bytes: Uint8Array): Uint32Array => {
  const padded = Buffer.alloc((Math.floor(bytes.length / 4) + 1) * 4);
  padded.set(bytes);
  return Uint32Array.from({ length: padded.length / 4 }, (_, at) => padded.readUInt32LE(at * 4));
};

it.each([
  [0, '218d1f59b9b83cc8'],
  [1, 'be552412f8387315'],
])('is the published algorithm on %i bytes', (length, expected) => {
  const key = Buffer.from(Array.from({ length: 8 }, (_, at) => at));
  const into = new Uint32Array(2);
  const input = Buffer.from(Array.from({ length }, (_, at) => at));
  halfSipHash(key.readUInt32LE(0), key.readUInt32LE(4), wordsOf(input), length, into, 0);
  expect(Buffer.from(into.buffer).toString('hex')).toBe(expected);
});

const hashOf = (seed: string, text: string): string => {
  const into = new Uint32Array(4);
  keyHash(seed).hash(wordsOf(Buffer.from(text)), text.length, into);
  return into.join();
};

it('depends on the seed and on every byte', () => {
  const hashes = [
    hashOf('a', 'key'),
    hashOf('b', 'key'),
    hashOf('a', 'kez'),
    hashOf('a', 'key\0'),
    hashOf('a', ''),
  ];
  expect(new Set(hashes).size).toBe(hashes.length);
  expect(hashOf('a', 'key')).toBe(hashes[0]);
});

it('spreads keys evenly over the first byte', () => {
  const buckets = new Uint32Array(256);
  for (let at = 0; at < 64_000; at++) {
    const first = Number(hashOf('v', String(at)).split(',')[0]) >>> 24;
    buckets[first] = (buckets[first] ?? 0) + 1;
  }
  expect(Math.min(...buckets)).toBeGreaterThan(170);
  expect(Math.max(...buckets)).toBeLessThan(340);
});
