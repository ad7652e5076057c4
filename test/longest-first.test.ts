import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import { longest, longestFirst } from './longest-first.ts';

test('names files that are there', () => {
  expect(longest.filter((file) => !existsSync(file))).toEqual([]);
});

test('begins with the files that take longest and leaves the others in their order', () => {
  const [first, second] = longest;
  const files = ['test/b.test.ts', second, 'test/a.test.ts', first].map((file) => ({
    moduleId: `/project/${file}`,
  }));
  expect(longestFirst(files, '/project').map(({ moduleId }) => moduleId.slice('/project/'.length))).toEqual([
    first,
    second,
    'test/b.test.ts',
    'test/a.test.ts',
  ]);
});
