import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { Fault, pagingKinds, Switches } from '../../local/sources/api/switches.ts';

const page = readFileSync('docs/shop.md', 'utf8');
const missingIn = (names: readonly string[]): string[] =>
  names.filter((name) => !page.includes(`\`${name}\``));

test('docs/shop.md describes every switch, kind of paging and fault, with its options', () => {
  expect(missingIn(Object.keys(Switches.shape))).toEqual([]);
  expect(missingIn(Object.keys(Switches.parse({}).paging))).toEqual([]);
  expect(missingIn(pagingKinds)).toEqual([]);
  const faults = Fault.options.map(({ shape }) => shape);
  expect(missingIn(faults.flatMap(({ kind }) => [...kind.values]))).toEqual([]);
  expect(missingIn(faults.flatMap((shape) => Object.keys(shape)))).toEqual([]);
  expect(missingIn([...Switches.shape.end.unwrap().options])).toEqual([]);
});

test('docs/shop.md names every variable', () => {
  const source = readFileSync('cli/target/shop.ts', 'utf8');
  const variables = [...source.matchAll(/^ {6}(SHOP_\w+):/gm)].map(([, name = '']) => name);
  expect(variables.length).toBe(5);
  expect(missingIn(variables)).toEqual([]);
});
