import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { ContentHash } from '../../../functions/sources/content-hash.ts';

const hashOf = (records: readonly string[]): string => {
  const hash = new ContentHash();
  for (const record of records) hash.add(record);
  return hash.hex();
};

const records = fc.array(fc.string(), { maxLength: 30 });
const shuffled = (all: string[]) => fc.shuffledSubarray(all, { minLength: all.length });

test('the hash of a content does not depend on the order of its records', () => {
  fc.assert(
    fc.property(
      records.chain((all) => fc.tuple(fc.constant(all), shuffled(all))),
      ([all, other]) => {
        expect(hashOf(other)).toBe(hashOf(all));
      },
    ),
  );
});

test('it is another one for every other content', () => {
  const counted = (all: readonly string[]): string => JSON.stringify([...all].sort());
  fc.assert(
    fc.property(records, records, (one, other) => {
      expect(hashOf(one) === hashOf(other)).toBe(counted(one) === counted(other));
    }),
  );
  const some = [[], ['a'], ['a', 'a'], ['a', 'b'], ['ab'], ['', ''], [''], ['a', 'a', 'a']];
  expect(new Set(some.map(hashOf)).size).toBe(some.length);
});

test('it is made of the sum of all SHA-256, with carries, and of the number of records', () => {
  fc.assert(
    fc.property(records, (all) => {
      const digest = (text: string): bigint => BigInt(`0x${createHash('sha256').update(text).digest('hex')}`);
      const sum = all.reduce((total, record) => (total + digest(record)) % 2n ** 256n, 0n);
      const words = Array.from({ length: 8 }, (_, place) => (sum >> BigInt(32 * place)) & 0xffffffffn);
      const expected = createHash('sha256')
        .update(`${all.length}:${words.join(',')}`)
        .digest('hex');
      expect(hashOf(all)).toBe(expected);
    }),
  );
});
