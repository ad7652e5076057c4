import fc from 'fast-check';
import { expect, test } from 'vitest';
import { hashOf, KeyHashes } from '../../../../functions/warehouse/kpis/repeated-keys.ts';

const keys = fc.array(fc.record({ pk: fc.string({ maxLength: 2 }), sk: fc.string({ maxLength: 2 }) }), {
  maxLength: 200,
});

test('finds every key that repeats', () => {
  fc.assert(
    fc.property(keys, (all) => {
      const hashes = new KeyHashes();
      for (const key of all) hashes.add(key);
      const found = hashes.repeated();
      const texts = all.map(({ pk, sk }) => JSON.stringify([pk, sk]));
      for (const { pk, sk } of all)
        if (texts.filter((text) => text === JSON.stringify([pk, sk])).length > 1)
          expect(found).toContain(hashOf(pk, sk));
    }),
  );
});

test('suspects nobody among a hundred thousand different keys', () => {
  const hashes = new KeyHashes();
  for (let id = 0; id < 100_000; id++) hashes.add({ pk: `LISTENER#${id}`, sk: '00000001' });
  expect(hashes.repeated().size).toBe(0);
  expect(hashOf('a', 'bc')).not.toBe(hashOf('ab', 'c'));
});
