import { readFile } from 'node:fs/promises';
import { expect, test } from 'vitest';
import { allowedFunctions, allowedParts } from '../../deploy/sql/allowed.ts';

const page = await readFile('docs/models.md', 'utf8');
const section = page.slice(page.indexOf('## Portable SQL'), page.indexOf('## Example'));
const named = new Set([...section.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));

/** How a function is written, where the parser calls it something else, and what is no function to people. */
const written: Readonly<Record<string, string>> = { btrim: 'trim', like_escape: 'like' };

test('docs/models.md names every function and part of a moment that the lint takes', () => {
  const all = [...allowedFunctions, ...allowedParts].map((name) => written[name] ?? name);
  expect(all.filter((name) => !named.has(name))).toEqual([]);
});
