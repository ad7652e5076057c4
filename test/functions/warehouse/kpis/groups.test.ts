import { expect, test } from 'vitest';
import { groupColumnsOf } from '../../../../functions/warehouse/kpis/groups.ts';

const kpi = (model: string, ...lists: (readonly [from: string, ...by: string[]])[]) => ({
  model,
  shapes: [{ lists: lists.map(([from, ...by]) => ({ from, as: from, by, order: 'rank' })) }],
});

test('groups a model and its list by the columns that join them, and leaves others alone', () => {
  const groups = groupColumnsOf([kpi('days', ['tops', 'day', 'genre']), kpi('tops'), kpi('listeners')]);
  expect([...groups]).toEqual([
    ['days', ['day', 'genre']],
    ['tops', ['day', 'genre']],
  ]);
});

test('groups models that share lists by what all of them have in common', () => {
  const groups = groupColumnsOf([
    kpi('days', ['tops', 'day']),
    kpi('genres', ['songs', 'day', 'genre'], ['tops', 'day', 'genre']),
    kpi('hours', ['artists', 'hour']),
  ]);
  for (const model of ['days', 'tops', 'genres', 'songs']) expect(groups.get(model)).toEqual(['day']);
  expect(groups.get('hours')).toEqual(['hour']);
});

test('groups by nothing where lists have no column in common', () => {
  const groups = groupColumnsOf([kpi('days', ['tops', 'day'], ['songs', 'genre'])]);
  expect([...groups.values()]).toEqual([[], [], []]);
});
