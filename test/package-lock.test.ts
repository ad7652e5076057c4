import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';

type Locked = {
  readonly integrity?: string;
  readonly resolved?: string;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
};

const text = readFileSync(join(import.meta.dirname, '../package-lock.json'), 'utf8');
const { packages }: { packages: Record<string, Locked> } = JSON.parse(text);

/** Where a package that one at `path` asks for may lie, nearest first, as Node looks for it. */
const places = (path: string, name: string): string[] => {
  const nested = `${path}${path && '/'}node_modules/${name}`;
  return path === '' ? [nested] : [nested, ...places(parentOf(path), name)];
};

const parentOf = (path: string): string => path.slice(0, Math.max(path.lastIndexOf('node_modules/') - 1, 0));

describe('the lock', () => {
  test('names no registry, so that any may be used', () => {
    expect(Object.entries(packages).filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
    expect(text).not.toMatch(/https?:\/\/[^"]*\.tgz/);
  });

  test('holds every package by its content', () => {
    const unchecked = Object.entries(packages).filter(([path, { integrity }]) => path !== '' && !integrity);
    expect(unchecked.map(([path]) => path)).toEqual([]);
  });

  // An install on a machine whose registry lacks another platform's binary leaves it out without a word.
  test('holds every optional package that one of its packages names', () => {
    const wanted = Object.entries(packages).flatMap(([path, { optionalDependencies = {} }]) =>
      Object.keys(optionalDependencies).map((name) => ({ path, name })),
    );
    const missing = wanted.filter(({ path, name }) => !places(path, name).some((place) => packages[place]));
    expect(wanted.length).toBeGreaterThan(20);
    expect(missing).toEqual([]);
  });
});
