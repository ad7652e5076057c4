import { expect, test } from 'vitest';
import { openUnloaded } from '../../../../functions/pipeline/queries/unloaded-rows.ts';
import { groupColumn } from '../../../../functions/warehouse/kpis/groups.ts';
import type { KpiShape } from '../../../../functions/warehouse/model.ts';

const shape = (lists: KpiShape['lists']): KpiShape => ({
  pk: 'p',
  sk: 's',
  publish: 'series',
  omit: [],
  lists,
});
const list = { from: 'tops', as: 'tops', by: ['day'], order: 'rank' };
const kpis = [
  { model: 'days', shapes: [shape([list])], columns: [] },
  { model: 'tops', shapes: [], columns: [] },
  { model: 'plain', shapes: [shape([])], columns: [] },
];

/** A lake of texts, and the requests for their parts. */
const lakeOf = (texts: Readonly<Record<string, string>>) => {
  const asked: string[] = [];
  const files = {
    list: async (prefix: string) => Object.keys(texts).filter((key) => key.startsWith(prefix)),
    readPart: async (key: string, start: number, most: number) => {
      asked.push(`${key} ${start}`);
      const bytes = Buffer.from(texts[key] ?? '');
      return { bytes: bytes.subarray(start, start + most), size: bytes.length };
    },
  };
  return { files, asked };
};

const open = (files: ReturnType<typeof lakeOf>['files'], rows = 2) =>
  openUnloaded(files, { unload: 'kpis/', kpis }, { rows, characters: 1_000_000 });

const lines = (...rows: object[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join('');

const partsOf = async (files: ReturnType<typeof lakeOf>['files'], model: string, rows?: number) => {
  const parts = [];
  for await (const part of (await open(files, rows)).parts(model)) parts.push(part);
  return parts;
};

test('reads files in the order of their names, in parts', async () => {
  const { files } = lakeOf({
    'kpis/plain/001.json': lines({ a: 4 }),
    'kpis/plain/000.json': lines({ a: 1 }, { a: 2 }, { a: 3 }),
  });
  expect((await partsOf(files, 'plain')).map(({ rows, end }) => [rows.get('plain'), end])).toEqual([
    [[{ a: 1 }, { a: 2 }], 2],
    [[{ a: 3 }], 3],
    [[{ a: 4 }], 4],
  ]);
});

test('reads a large file piece by piece, whatever a piece cuts in two, and a small one once', async () => {
  const all = Array.from({ length: 40_000 }, (_, a) => ({ a, title: 'é€𝄞'.repeat(12) }));
  const { files, asked } = lakeOf({
    'kpis/plain/000.json': lines(...all),
    'kpis/days/000.json': lines({ d: 1 }),
  });
  const unloaded = await open(files, 500);
  for (let again = 0; again < 2; again++) {
    const read: unknown[] = [];
    for await (const { rows } of unloaded.parts('plain')) read.push(...(rows.get('plain') ?? []));
    expect(read).toEqual(all);
    for await (const { end } of unloaded.parts('days')) expect(end).toBe(1);
  }
  expect(asked.filter((key) => key.startsWith('kpis/days'))).toHaveLength(1);
  expect(asked.filter((key) => key.startsWith('kpis/plain')).length).toBeGreaterThan(3);
});

const grouped = (group: string, more: object = {}) => ({ [groupColumn]: group, ...more });

test('reads lists beside their rows, and leaves out what belongs to none', async () => {
  const { files } = lakeOf({
    'kpis/days/000.json': lines(grouped('b'), grouped('d'), grouped('d'), grouped('e')),
    'kpis/tops/000.json': lines(grouped('a'), grouped('b', { rank: 1 }), grouped('c')),
    'kpis/tops/001.json': lines(grouped('d', { rank: 2 }), grouped('d', { rank: 1 }), grouped('f')),
  });
  const parts = await partsOf(files, 'days', 1);
  expect(parts.map(({ end }) => end)).toEqual([1, 3, 4]);
  expect(parts.map(({ rows }) => rows.get('tops')?.map(({ [groupColumn]: group }) => group))).toEqual([
    ['b'],
    ['d', 'd'],
    [],
  ]);
});

test('takes rows without a group for one group', async () => {
  const { files } = lakeOf({
    'kpis/days/000.json': lines({ day: 1 }, { day: 2 }, { day: 3 }),
    'kpis/tops/000.json': lines({ day: 3 }, { day: 1 }),
  });
  const parts = await partsOf(files, 'days', 1);
  expect(parts.map(({ rows, end }) => [rows.get('tops'), end])).toEqual([[[{ day: 3 }, { day: 1 }], 3]]);
});

test('fails rather than miss a list when rows are in another order', async () => {
  const { files } = lakeOf({ 'kpis/days/000.json': lines(grouped('b'), grouped('a')) });
  await expect(partsOf(files, 'days')).rejects.toThrow('the rows of days are not in the order of list_group');
});

test('names every line that is no row, once', async () => {
  const { files } = lakeOf({
    'kpis/days/000.json': `${lines({ day: 1 })}{"cut off\n\n[1]`,
    'kpis/tops/000.json': '7\n',
  });
  const unloaded = await open(files);
  for await (const { end } of unloaded.parts('days')) expect(end).toBe(1);
  const broken = [];
  for await (const { model, reason } of unloaded.broken()) broken.push(`${model}: ${reason}`);
  expect(broken).toEqual([
    'days: a line is no row: {"cut off',
    'days: a line is no row: [1]',
    'tops: a line is no row: 7',
  ]);
});
