import { describe, expect, test } from 'vitest';
import { ExactNumber } from '../../../../functions/values/exact-number.ts';
import type { KpiItem } from '../../../../functions/warehouse/kpis/items.ts';
import { type KpiRow, sequenceBefore } from '../../../../functions/warehouse/kpis/items.ts';
import { type LeftOut, leftOutFacts } from '../../../../functions/warehouse/kpis/left-out.ts';
import { kpiProblem } from '../../../../functions/warehouse/kpis/limits.ts';
import { lineLeftOut, rowReader } from '../../../../functions/warehouse/kpis/rows.ts';
import { memoryKpis } from '../../../simulation/tables.ts';
import { now, publishRows } from './all-kinds.ts';

const day = '2024-06-25';
const large = 'é'.repeat(210_000);
const long = 'g'.repeat(1_020);

type Rows = { readonly days?: KpiRow[]; readonly genres?: KpiRow[]; readonly listeners?: KpiRow[] };

/** A table on which sequences are published one after the other; it takes only what DynamoDB takes. */
const openTable = () => {
  const { kpis, all } = memoryKpis();
  const strict = {
    ...kpis,
    put: async (items: readonly KpiItem[]) => {
      const keys = new Set(items.map(({ pk, sk }) => `${pk} ${sk}`));
      const violations = items.flatMap((item) => kpiProblem(item) ?? []);
      if (violations.length > 0 || keys.size < items.length) throw new Error(violations[0] ?? 'duplicates');
      return kpis.put(items);
    },
  };
  const publish = (seq: number, rows: Rows, before: readonly LeftOut[] = []) => {
    const stamp = { rebuild: `r${seq}`, seq, as_of: now };
    return publishRows(strict, new Map(Object.entries(rows)), stamp, before);
  };
  const live = () => all().filter(({ expires }) => expires === undefined);
  return {
    publish,
    keys: () =>
      live()
        .map(({ pk, sk }) => `${pk.slice(0, 30)} ${sk.slice(0, 30)}`)
        .sort(),
    kpis,
  };
};

const good: Rows = {
  days: [{ day, listens: 3 }],
  genres: [
    { day, genre: 'pop', listens: 2 },
    { day, genre: 'jazz', listens: 1 },
  ],
  listeners: [
    { id: 7, listens: 2, [sequenceBefore]: null },
    { id: 8, listens: 1, [sequenceBefore]: null },
  ],
};

describe('an item that the table never takes', () => {
  test('is left out alone, and its day says how many it lacks', async () => {
    const { publish, keys, kpis } = openTable();
    const [pop, jazz] = good.genres ?? [];
    const { items, leftOut } = await publish(1, { ...good, genres: [{ ...pop, top: large }, { ...jazz }] });
    expect(keys()).toEqual([
      'DAY#2024-06-25 CURRENT',
      'DAY#2024-06-25 VERSION#00000001',
      'DAY#2024-06-25#00000001 GENRE#jazz',
      'GENRE#jazz 2024-06-25',
      'LISTENER#7 00000001',
      'LISTENER#8 00000001',
    ]);
    expect(await kpis.get(`DAY#${day}`, 'CURRENT')).toMatchObject({ listens: 3, left_out: 1 });
    expect(items).toBe(5);
    expect(leftOut.first).toEqual([
      {
        model: 'genres',
        pk: 'DAY#2024-06-25#00000001',
        sk: 'GENRE#pop',
        reason: 'the item has 420,055 bytes of at most 409,536',
        place: `DAY#${day}`,
      },
      expect.objectContaining({ model: 'genres', pk: 'GENRE#pop', sk: day }),
    ]);
  });

  test('leaves no older value behind, and is there again with the data that heals it', async () => {
    const { publish, keys, kpis } = openTable();
    await publish(1, good);
    const healthy = keys();
    const [seven, eight] = (good.listeners ?? []).map((row) => ({ ...row, [sequenceBefore]: 1 }));
    const poisoned = {
      ...good,
      genres: (good.genres ?? []).map((row) => (row.genre === 'pop' ? { ...row, top: large } : row)),
      listeners: [{ ...seven, name: new ExactNumber('1'.repeat(39)) }, { ...eight }],
    };
    await publish(2, poisoned);
    expect(await kpis.get('GENRE#pop', day)).toBeUndefined();
    expect(await kpis.query('LISTENER#7')).toEqual([]);
    expect(await kpis.query('LISTENER#8')).toMatchObject([{ sk: '00000002' }]);
    const listeners = (good.listeners ?? []).map((row) => ({ ...row, [sequenceBefore]: 2 }));
    expect((await publish(3, { ...good, listeners })).leftOut).toEqual({ total: 0, first: [] });
    expect(keys()).toEqual(healthy.map((key) => key.replace('00000001', '00000003')));
    expect(await kpis.get(`DAY#${day}`, 'CURRENT')).not.toHaveProperty('left_out');
  });

  test('takes away nothing that a newer rebuild has written', async () => {
    const { publish, kpis } = openTable();
    await publish(2, good);
    await publish(1, { genres: [{ day, genre: 'pop', top: large }] });
    expect(await kpis.get('GENRE#pop', day)).toMatchObject({ listens: 2, seq: 2 });
  });

  test('goes on being named until a rebuild speaks of its place again', async () => {
    const { publish } = openTable();
    const genres = [{ day, genre: 'pop', listens: 2, top: large }];
    const listeners = [{ id: 7, name: large, [sequenceBefore]: null }];
    const { first } = (await publish(1, { ...good, genres, listeners })).leftOut;
    expect(first).toHaveLength(3);
    const other = { days: [{ day: '2024-06-26', listens: 1 }], listeners: [{ id: 8, [sequenceBefore]: 1 }] };
    expect((await publish(2, other, first)).leftOut).toEqual({ total: 3, first });
    const { leftOut } = await publish(3, { days: good.days ?? [] }, first);
    expect(leftOut.first.map(({ pk }) => pk)).toEqual(['GENRE#pop', 'LISTENER#7']);
    const listener = [{ id: 7, [sequenceBefore]: 1 }];
    const healed = await publish(4, { genres: good.genres ?? [], listeners: listener }, leftOut.first);
    expect(healed.leftOut.total).toBe(0);
  });

  test('may have a key that no item can have', async () => {
    const { publish, keys } = openTable();
    const { leftOut } = await publish(1, {
      ...good,
      genres: [
        { day, genre: long },
        { day: '', genre: 'rock' },
      ],
    });
    expect(keys().filter((key) => key.startsWith('DAY#2024') && key.includes('ggg'))).toEqual([]);
    expect(leftOut.first).toEqual([
      {
        model: 'genres',
        pk: 'DAY#2024-06-25#00000001',
        sk: `GENRE#${'g'.repeat(194)}… (1,026 bytes)`,
        reason: 'the sort key has 1,026 bytes of at most 1,024',
        place: `DAY#${day}`,
      },
      { model: 'genres', pk: 'GENRE#rock', sk: '', reason: 'the sort key is empty', place: 'GENRE#rock ' },
    ]);
    expect(keys()).toContain('DAY##00000001 GENRE#rock');
  });
});

test('gives a key that two rows claim to neither', async () => {
  const { publish, keys } = openTable();
  const { leftOut } = await publish(1, {
    ...good,
    listeners: [
      { id: 7, listens: 1, [sequenceBefore]: null },
      { id: 7, listens: 2, [sequenceBefore]: null },
      { id: 8, listens: 3, [sequenceBefore]: null },
    ],
  });
  expect(keys()).toContain('LISTENER#8 00000001');
  expect(keys()).not.toContain('LISTENER#7 00000001');
  expect(leftOut.first.map(({ pk, reason }) => [pk, reason])).toEqual([
    ['LISTENER#7', '2 rows have this key'],
    ['LISTENER#7', '2 rows have this key'],
  ]);
});

test('keeps the version before of a day whose pointer cannot be written, whole', async () => {
  const { publish, keys, kpis } = openTable();
  await publish(1, good);
  const before = keys().filter((key) => key.startsWith('DAY'));
  const { leftOut } = await publish(2, {
    days: [{ day, listens: 4, note: large }],
    genres: good.genres ?? [],
  });
  expect(keys().filter((key) => key.startsWith('DAY'))).toEqual(before);
  expect(await kpis.get('GENRE#pop', day)).toMatchObject({ seq: 2 });
  expect(leftOut.first).toEqual([
    expect.objectContaining({
      sk: 'CURRENT',
      reason: expect.stringContaining('the version before it keeps serving'),
    }),
  ]);
});

test('counts a line that is no row, and reads the others', () => {
  const read = rowReader([]);
  const lines = ['{"a":1}', '{"a":', '[1]\r', '{"a":NaN}'];
  expect(lines.map(read)).toEqual([{ a: 1 }, null, null, { a: new ExactNumber('NaN') }]);
  const first = [lineLeftOut('days', '{"a":'), lineLeftOut('days', '[1]\r')];
  expect(first[0]).toEqual({ model: 'days', pk: '', sk: '', place: '', reason: 'a line is no row: {"a":' });
  expect(leftOutFacts({ total: 2, first }, 'kpis/left-out.json')).toEqual({
    left_out: 2,
    left_out_report: 'kpis/left-out.json',
    left_out_items: ['days: a line is no row: {"a":', expect.any(String)],
  });
  expect(leftOutFacts({ total: 0, first: [] }, '')).toEqual({});
});
