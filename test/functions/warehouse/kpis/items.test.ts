import { expect, test } from 'vitest';
import { type KpiRow, sequenceBefore, shapeItems } from '../../../../functions/warehouse/kpis/items.ts';
import type { KpiShape } from '../../../../functions/warehouse/model.ts';

const stamp = { rebuild: 'listening-00000007', seq: 7, as_of: '2024-06-26T00:00:00.000Z' };
const pointer: KpiShape = {
  pk: 'DAY#{listen_date}',
  sk: 'CURRENT',
  publish: 'pointer',
  lists: [],
  omit: [],
};
const days: KpiRow[] = [
  { listen_date: '2024-06-25', listens: 3, genres: 2 },
  { listen_date: '2024-06-26', listens: 0, genres: 0 },
];
const items = (shape: KpiShape, rows: Record<string, KpiRow[]> = { days }) =>
  shapeItems(new Map(Object.entries(rows)), 'days', shape, stamp).map(({ item }) => item);

test('stamps a pointer with its version, sequence, time and rebuild', () => {
  expect(items(pointer)[0]).toEqual({
    pk: 'DAY#2024-06-25',
    sk: 'CURRENT',
    listens: 3,
    genres: 2,
    version: '00000007',
    seq: 7,
    as_of: stamp.as_of,
    rebuild: stamp.rebuild,
  });
});

test('puts other items under the version or the sequence, padded so that it sorts, and leaves out what is in the key', () => {
  const shape: KpiShape = {
    ...pointer,
    pk: 'DAY#{listen_date}#{version}',
    sk: 'SEQ#{seq}#{listens}',
    publish: 'versioned',
  };
  expect(items(shape)[0]).toEqual({ pk: 'DAY#2024-06-25#00000007', sk: 'SEQ#00000007#3', genres: 2, seq: 7 });
});

test('omits columns that are told to stay out', () => {
  expect(items({ ...pointer, omit: ['genres'] })[0]).not.toHaveProperty('genres');
});

test('nests the rows of another model, in order, without their parent’s columns', () => {
  const shape = {
    ...pointer,
    lists: [{ from: 'tops', as: 'top_genres', by: ['listen_date'], order: 'rank' }],
  };
  const tops = [
    { listen_date: '2024-06-25', rank: 10, genre: 'c' },
    { listen_date: '2024-06-25', rank: 2, genre: 'b' },
    { listen_date: '2024-06-25', rank: 1, genre: 'a' },
    { listen_date: '2024-06-27', rank: 1, genre: 'of no day' },
  ];
  expect(items(shape, { days, tops }).map((item) => item.top_genres)).toEqual([
    [
      { rank: 1, genre: 'a' },
      { rank: 2, genre: 'b' },
      { rank: 10, genre: 'c' },
    ],
    [],
  ]);
});

test('tells parents apart whose columns run together', () => {
  const by = ['a', 'b'];
  const rows = {
    days: [
      { a: 'x', b: 'yz' },
      { a: 'xy', b: 'z' },
    ],
    tops: [
      { a: 'x', b: 'yz', rank: 1, of: 'first' },
      { a: 'xy', b: 'z', rank: 1, of: 'second' },
    ],
  };
  const shape = { ...pointer, pk: 'P#{a}#{b}', lists: [{ from: 'tops', as: 'tops', by, order: 'rank' }] };
  expect(items(shape, rows).map((item) => item.tops)).toEqual([
    [{ rank: 1, of: 'first' }],
    [{ rank: 1, of: 'second' }],
  ]);
});

test('says which item a newest one takes the place of, as far as the warehouse noted one', () => {
  const shape: KpiShape = { ...pointer, pk: 'LISTENER#{id}', sk: '{seq}', publish: 'latest' };
  const listeners = [
    { id: 7, listens: 3, [sequenceBefore]: 5 },
    { id: 8, listens: 1, [sequenceBefore]: null },
  ];
  expect(shapeItems(new Map([['listeners', listeners]]), 'listeners', shape, stamp)).toEqual([
    {
      model: 'listeners',
      shape,
      item: { pk: 'LISTENER#7', sk: '00000007', listens: 3, seq: 7 },
      before: { pk: 'LISTENER#7', sk: '00000005' },
    },
    { model: 'listeners', shape, item: { pk: 'LISTENER#8', sk: '00000007', listens: 1, seq: 7 } },
  ]);
});

test('has the generation in the key of a newest item, and its sequence as an attribute', () => {
  const shape: KpiShape = { ...pointer, pk: 'LISTENER#{id}', sk: '{seq}', publish: 'latest' };
  const rows = new Map([['listeners', [{ id: 7, listens: 3, [sequenceBefore]: 5 }]]]);
  expect(shapeItems(rows, 'listeners', shape, { ...stamp, generation: 5 })).toMatchObject([
    { item: { sk: '00000005', seq: 7 }, before: { sk: '00000005' } },
  ]);
});

test('makes nothing of a model without rows', () => {
  expect(items(pointer, {})).toEqual([]);
});
