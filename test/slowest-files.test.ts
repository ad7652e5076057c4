import { expect, test } from 'vitest';
import { slowestFiles } from './slowest-files.ts';

const files = [
  { file: 'quick.test.ts', seconds: 0.5 },
  { file: 'slow.test.ts', seconds: 123.45 },
  { file: 'middling.test.ts', seconds: 26.05 },
];

test('lists as many of the slowest files as are asked for', () => {
  expect(slowestFiles(files, 2)).toEqual([
    'The slowest 2 of 3 test files: 100 % of 150 s',
    '  123.5 s  slow.test.ts',
    '   26.1 s  middling.test.ts',
  ]);
  expect(slowestFiles(files, 20)).toHaveLength(4);
});

test.each([0, Number.NaN])('lists none for a count of %s', (count) => {
  expect(slowestFiles(files, count)).toEqual([]);
});
