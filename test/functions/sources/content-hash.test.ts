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

test('it counts the records and has 64 hex digits, which stay the same from version to version', () => {
  const hash = new ContentHash();
  hash.add('{"a":1}');
  hash.add('{"a":2}');
  expect(hash.count).toBe(2);
  expect(hash.hex()).toMatch(/^[0-9a-f]{64}$/);
  expect(hash.hex()).toBe(hashOf(['{"a":2}', '{"a":1}']));
});
