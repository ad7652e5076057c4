import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { seededRandom } from '../../local/generate/random.ts';
import { flipOneBit } from '../local/cloud/store/flips.ts';
import { del, entriesOf, openStores, put, type Stores } from '../local/cloud/store/stores.ts';
import { scaleOf, tell } from './scale.ts';

const { rounds, seed } = scaleOf({ rounds: 40, seed: 5 });

let stores: Stores;
const folders: Record<string, string> = {};
let entries: [string, string][];
beforeAll(() => {
  stores = openStores();
  const random = seededRandom(seed);
  const key = () => `v/bucket/data/${random.below(600)}`;
  const store = stores.open();
  const writeSome = (times: number): void => {
    for (let at = 0; at < times; at++) {
      const some = Array.from({ length: 20 }, () => put(key(), 'x'.repeat(random.below(900))));
      store.write([
        ...some,
        ...Array.from({ length: 5 }, () => del(key())),
        put('large', 'y'.repeat(20_000)),
      ]);
    }
  };
  writeSome(60);
  store.write(Array.from({ length: 300 }, (_, at) => del(`v/bucket/data/${at}`)));
  store.close();
  folders.closed = stores.afterDeath();
  const next = stores.open();
  const changed = Array.from({ length: 300 }, (_, at) => put(`v/bucket/data/${at}`, `new ${at}`));
  entries = entriesOf(next);
  folders.opened = stores.afterDeath();
  for (const change of changed) next.write([change]);
  folders.dead = stores.afterDeath();
});
afterAll(() => stores.remove());

describe('a flipped bit', () => {
  test.each(['closed', 'opened', 'dead'])('in a store that was %s is noticed or changes nothing', (end) => {
    const folder = folders[end] ?? '';
    const expected = end === 'dead' ? entriesOf(stores.open(stores.afterDeath())) : entries;
    const outcomes = { noticed: 0, harmless: 0 };
    const random = seededRandom(seed);
    for (let round = 0; round < rounds; round++) outcomes[flipOneBit(folder, expected, random)] += 1;
    tell(`flips in a store that was ${end}`, outcomes);
    expect(outcomes.noticed).toBeGreaterThan(rounds / 10);
  });
});
