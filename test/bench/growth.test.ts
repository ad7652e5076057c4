import { expect, test } from 'vitest';
import { daysOf } from '../../bench/growth/growth.ts';
import { growthTable } from '../../bench/growth/table.ts';

const state = { objects: 10, index: 1, tables: 4, warehouse: 2, logs: 1, other: 2 };
const first = {
  files: 100,
  day: 1,
  single_ms: 1_000,
  processor_ms: 900,
  rss_mb: 500,
  heap_mb: 50,
  cache_mb: 10,
  state,
};
const cellsOf = (line: string): string[] =>
  line
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.trim());

test('says what a file adds since the row before, and how the last row compares with the first', () => {
  const table = growthTable();
  const [head = ''] = table.head();
  const row = (line: string) =>
    Object.fromEntries(cellsOf(head).map((name, at) => [name, cellsOf(line)[at]]));
  expect(row(table.row(first))).toMatchObject({ files: '100', 'state MB': '20', 'KB/file': '' });
  const second = { ...first, files: 200, single_ms: 1_100, state: { ...state, objects: 12, tables: 3 } };
  expect(row(table.row(second))).toMatchObject({
    'KB/file': '10',
    'objects KB/file': '20',
    'tables KB/file': '-10',
  });
  const last = { ...second, files: 300, rss_mb: 600, state: { ...second.state, objects: 14.5 } };
  table.row(last);
  expect(row(table.end().split('\n')[0] ?? '')).toMatchObject({
    'one file ms': '1.1',
    'RSS MB': '1.2',
    'KB/file': '2.5',
  });
});

test('measures once whenever so many files more have landed', () => {
  const measured = (files: number, days: number, every: number): number[] =>
    daysOf({ files, days, every }).flatMap((day) => (day.isMeasured ? [day.files] : []));
  expect(measured(10_000, 30, 1_000)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((one) => one * 1_000));
  expect(measured(100, 30, 25)).toEqual([27, 50, 77, 100]);
  // More days than files: a day without a file is not measured.
  expect(measured(2, 3, 1)).toEqual([1, 2]);
});
