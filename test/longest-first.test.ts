import { existsSync } from 'node:fs';
import { expect, test } from 'vitest';
import config from '../vitest.config.ts';
import { longest, longestFirst, projects } from './longest-first.ts';

test('names files that are there', () => {
  expect(longest.filter((file) => !existsSync(file))).toEqual([]);
});

const order = (...files: readonly (readonly [file: string, project: string])[]) =>
  longestFirst(
    files.map(([file, name]) => ({ moduleId: `/project/${file}`, project: { name } })),
    '/project',
  ).map(({ moduleId }) => moduleId.slice('/project/'.length));

test('begins with the files that take longest and leaves the others in their order', () => {
  const [first = '', second = ''] = longest;
  const files = ['test/b.test.ts', second, 'test/a.test.ts', first];
  expect(order(...files.map((file) => [file, 'whole'] as const))).toEqual([
    first,
    second,
    'test/b.test.ts',
    'test/a.test.ts',
  ]);
});

test('keeps the files of a project together', () => {
  const [first = ''] = longest;
  expect(order([first, 'pure'], ['test/c.test.ts', 'clouds'], ['test/w.test.ts', 'whole'])).toEqual([
    'test/w.test.ts',
    'test/c.test.ts',
    first,
  ]);
});

test('knows every project', () => {
  const named = (config.test?.projects ?? []).map(
    (project) => (project as { test: { name: string } }).test.name,
  );
  expect(named.sort()).toEqual([...projects].sort());
});
