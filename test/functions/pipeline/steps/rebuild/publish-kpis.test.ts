import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Kpis } from '../../../../../functions/pipeline/ports.ts';
import { type KpiRow, sequenceBefore } from '../../../../../functions/warehouse/kpis/items.ts';
import { memoryKpis } from '../../../../simulation/tables.ts';
import { now, publishRows } from '../../../warehouse/kpis/all-kinds.ts';

const rows = (listens: number, genres: readonly string[] = ['anime']): Map<string, KpiRow[]> => {
  const before = listens > 1 ? listens - 1 : null;
  return new Map<string, KpiRow[]>([
    ['days', [{ day: '2024-06-25', listens }]],
    ['genres', genres.map((genre) => ({ day: '2024-06-25', genre, listens }))],
    ['listeners', [{ id: 7, listens, [sequenceBefore]: before }]],
  ]);
};

const publish = (kpis: Kpis, seq: number, of = rows(seq)) =>
  publishRows(kpis, of, { rebuild: `listening-${seq}`, seq, as_of: now });

/** The one that a reader takes for the newest. */
const newestOf = async (kpis: Kpis) => (await kpis.query('LISTENER#7')).at(-1);

/** What a reader gets who follows the pointer. */
const read = async (kpis: Kpis) => {
  const current = await kpis.get('DAY#2024-06-25', 'CURRENT');
  const details = await kpis.query(`DAY#2024-06-25#${current?.version}`);
  return { listens: current?.listens, details: details.map(({ sk, listens }) => [sk, listens]) };
};

test('writes each shape under its key and counts the items', async () => {
  const { kpis, all } = memoryKpis();
  expect(await publish(kpis, 1)).toMatchObject({ items: 4, is_sure: true, leftOut: { total: 0 } });
  const found = all().map(({ pk, sk }) => `${pk} ${sk}`);
  expect(found.sort()).toEqual([
    'DAY#2024-06-25 CURRENT',
    'DAY#2024-06-25 VERSION#00000001',
    'DAY#2024-06-25#00000001 GENRE#anime',
    'GENRE#anime 2024-06-25',
    'LISTENER#7 00000001',
  ]);
});

test('changes nothing when it is done again', async () => {
  const { kpis, all } = memoryKpis();
  await publish(kpis, 1);
  const before = structuredClone(all());
  await publish(kpis, 1);
  expect(all()).toEqual(before);
});

test('gives what the pointer left a day more, and it alone', async () => {
  const { kpis, all } = memoryKpis();
  await publish(kpis, 1, rows(1, ['anime', 'pop']));
  await publish(kpis, 2, rows(2, ['pop']));
  const expires = Date.parse(now) / 1000 + 3_600;
  const expiring = all().filter((item) => item.expires !== undefined);
  expect(expiring.map(({ pk, sk, expires: at }) => [pk, sk, at]).sort()).toEqual([
    ['DAY#2024-06-25#00000001', 'GENRE#anime', expires],
    ['DAY#2024-06-25#00000001', 'GENRE#pop', expires],
    ['DAY#2024-06-25', 'VERSION#00000001', expires],
  ]);
  expect(await read(kpis)).toEqual({ listens: 2, details: [['GENRE#pop', 2]] });
});

test('lets the newest of a listener take the place of the one before', async () => {
  const { kpis } = memoryKpis();
  for (const seq of [1, 2, 3]) await publish(kpis, seq);
  await publish(kpis, 3);
  expect(await kpis.query('LISTENER#7')).toEqual([{ pk: 'LISTENER#7', sk: '00000003', listens: 3, seq: 3 }]);
});

describe('within a generation', () => {
  const later = (listens: number, generation: number, more: object = {}) =>
    new Map<string, KpiRow[]>([['listeners', [{ id: 7, listens, [sequenceBefore]: generation, ...more }]]]);
  const inFirst = (kpis: Kpis, seq: number, of: Map<string, KpiRow[]>) =>
    publishRows(kpis, of, { rebuild: `listening-${seq}`, seq, as_of: now, generation: 1 });

  test('an item is replaced in place by one write', async () => {
    const { kpis } = memoryKpis();
    await publish(kpis, 1);
    const writes: string[] = [];
    const counted: Kpis = {
      ...kpis,
      put: async (items) => {
        writes.push(...items.map(({ sk }) => `put ${sk}`));
        return kpis.put(items);
      },
      remove: async (keys) => {
        writes.push(...keys.map(({ sk }) => `remove ${sk}`));
        return kpis.remove(keys);
      },
    };
    await inFirst(counted, 2, later(2, 1));
    expect(writes).toEqual(['put 00000001']);
    expect(await kpis.query('LISTENER#7')).toEqual([
      { pk: 'LISTENER#7', sk: '00000001', listens: 2, seq: 2 },
    ]);
  });

  test('an item that cannot be written takes the older value with it', async () => {
    const { kpis } = memoryKpis();
    await publish(kpis, 1);
    await inFirst(kpis, 2, later(2, 1, { name: 'é'.repeat(210_000) }));
    expect(await kpis.query('LISTENER#7')).toEqual([]);
  });

  test('what was cut off is taken away by the next one, in a generation of its own', async () => {
    const { kpis } = memoryKpis();
    await publish(kpis, 1);
    await inFirst(kpis, 2, later(2, 1));
    await publishRows(kpis, later(3, 1), { rebuild: 'listening-3', seq: 3, generation: 3, unshown: [1] });
    expect(await kpis.query('LISTENER#7')).toMatchObject([{ sk: '00000003', listens: 3 }]);
  });

  test.each(['put', 'remove'] as const)('it says so when a %s may arrive again', async (method) => {
    const { kpis } = memoryKpis();
    const unsure: Kpis = { ...kpis, [method]: async () => false };
    expect(await inFirst(unsure, 2, later(2, 1))).toMatchObject({ is_sure: false });
  });
});

test('loses to every newer sequence when it is late', async () => {
  const { kpis, all } = memoryKpis();
  await publish(kpis, 2);
  await publish(kpis, 1);
  expect(await read(kpis)).toEqual({ listens: 2, details: [['GENRE#anime', 2]] });
  expect(await kpis.get('GENRE#anime', '2024-06-25')).toMatchObject({ listens: 2, seq: 2 });
  expect(await newestOf(kpis)).toMatchObject({ listens: 2 });
  const late = all().filter(({ pk }) => pk === 'DAY#2024-06-25#00000001');
  expect(late.every(({ expires }) => expires !== undefined)).toBe(true);
});

test('shows a reader one version or the other, whole, after every single write', async () => {
  const { kpis } = memoryKpis();
  await publish(kpis, 1, rows(1, ['anime', 'pop']));
  const before = await read(kpis);
  const seen: unknown[] = [];
  const watched: Kpis = {
    ...kpis,
    put: async (items) => {
      for (const item of items) {
        await kpis.put([item]);
        seen.push(await read(kpis));
      }
      return true;
    },
    putIfNewer: async (item) => {
      const isPut = await kpis.putIfNewer(item);
      seen.push(await read(kpis));
      return isPut;
    },
  };
  await publish(watched, 2, rows(2, ['pop', 'rock']));
  const after = await read(kpis);
  expect(new Set(seen.map((one) => JSON.stringify(one)))).toEqual(
    new Set([before, after].map((one) => JSON.stringify(one))),
  );
});

test('ends with the newest, in whatever order and however often rebuilds are published', async () => {
  const order = fc.array(fc.integer({ min: 1, max: 6 }), { minLength: 1, maxLength: 12 });
  await fc.assert(
    fc.asyncProperty(order, async (seqs) => {
      const { kpis } = memoryKpis();
      for (const seq of seqs) await publish(kpis, seq);
      const newest = Math.max(...seqs);
      expect(await read(kpis)).toEqual({ listens: newest, details: [['GENRE#anime', newest]] });
      expect(await newestOf(kpis)).toMatchObject({ listens: newest });
      expect(await kpis.get('GENRE#anime', '2024-06-25')).toMatchObject({ seq: newest });
      const current = await kpis.query(`DAY#2024-06-25#${String(newest).padStart(8, '0')}`);
      expect(current.every(({ expires }) => expires === undefined)).toBe(true);
    }),
    { numRuns: 100 },
  );
});
