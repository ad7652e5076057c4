import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { describe, expect, test } from 'vitest';
import { type Room, rooms } from './import-rules.ts';

/** What one file imports: types, re-exports and what is loaded later among it. */
type Imports = {
  readonly file: string;
  readonly files: readonly string[];
  readonly packages: readonly string[];
  /** What it takes by name, as `<file>#<name>`. */
  readonly taken: ReadonlySet<string>;
};

const names = Object.keys(rooms).sort((one, other) => other.length - one.length);
const roomOf = (path: string): string => names.find((name) => path.startsWith(`${name}/`)) ?? '';
const ruleOf = (name: string): Room => rooms[name] ?? { uses: [] };

/** The scanner is AssemblyScript, a program of its own. */
const isScanner = (path: string): boolean => path.startsWith('functions/validation/fast/scanner/');

const importsOf = (file: string, text = readFileSync(file, 'utf8')): Imports => {
  const named = [...text.matchAll(/(?:\bfrom |\bimport\(|^import )'([^']+)'/gm)].map(([, name = '']) => name);
  const isFile = (name: string): boolean => name.startsWith('.');
  return {
    file,
    files: named.filter(isFile).map((name) => normalize(join(dirname(file), name))),
    packages: named.filter((name) => !isFile(name) && !name.startsWith('#')),
    taken: new Set(takenIn(text).map(([path, name]) => `${normalize(join(dirname(file), path))}#${name}`)),
  };
};

const listed = (names: string): string[] =>
  names
    .split(',')
    .map((name) => name.trim().replace(/^type /, ''))
    .filter(Boolean);

/** Files and names; of a file that is loaded later every word of the text may be a name. */
const takenIn = (text: string): (readonly [path: string, name: string])[] => [
  ...[...text.matchAll(/^(?:import|export) (?:type )?\{([^}]*)\} from '(\.[^']+)'/gm)].flatMap(
    ([, names = '', path = '']) => listed(names).map((name) => [path, name.replace(/ as .*/, '')] as const),
  ),
  ...[...text.matchAll(/\bimport\('(\.[^']+)'/g)].flatMap(([, path = '']) =>
    (text.match(/\w+/g) ?? []).map((word) => [path, word] as const),
  ),
];

/** The names that a door gives. */
const givenBy = (text: string): string[] => [
  ...[...text.matchAll(/^export (?:type )?\{([^}]*)\}/gm)].flatMap(([, names = '']) =>
    listed(names).map((name) => name.replace(/.* as /, '')),
  ),
  ...[...text.matchAll(/^export (?:const|type|class|function|async function) (\w+)/gm)].map(
    ([, name = '']) => name,
  ),
];

/** What a door gives and nobody outside takes; tests do not count. */
const unusedOf = (door: string, text: string, imports: readonly Imports[]): string[] =>
  givenBy(text)
    .map((name) => `${door}#${name}`)
    .filter((name) => !imports.some(({ file, taken }) => roomOf(file) !== roomOf(door) && taken.has(name)));

const all = [...new Set(names.map((name) => name.split('/')[0] ?? ''))]
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((path) => join(folder, path)),
  )
  .filter((path) => path.endsWith('.ts') && !isScanner(path))
  .map((path) => importsOf(path));

/** What is wrong with the imports of a file, each in a line. */
const violationsOf = ({ file, files, packages }: Imports): string[] => {
  const own = roomOf(file);
  const { uses, packages: allowed, isPure } = ruleOf(own);
  const outside = files.filter((path) => roomOf(path) !== own);
  return [
    ...outside
      .filter((path) => !uses.includes(roomOf(path)))
      .map((path) => `${file}: ${own} may not use ${path}`),
    ...outside
      .filter((path) => path !== `${roomOf(path)}/index.ts` && !ruleOf(roomOf(path)).isOpen)
      .map((path) => `${file} imports ${path} past its door`),
    ...packages
      .filter((name) => !isAllowed(name, allowed, isPure))
      .map((name) => `${file}: ${own} may not use ${name}`),
  ];
};

/** Of Node, pure rooms use what computes. */
const computing = ['node:buffer', 'node:crypto', 'node:util', 'node:zlib'];

const isAllowed = (
  name: string,
  allowed: readonly string[] | undefined,
  isPure: boolean | undefined,
): boolean =>
  name.startsWith('node:')
    ? !isPure || computing.includes(name)
    : !allowed || allowed.some((start) => name === start || name.startsWith(`${start}/`));

/** A path of imports that ends where it began; empty when there is none. */
const findCircle = (imports: readonly Imports[]): string[] => {
  const files = new Map(imports.map((one) => [one.file, one.files]));
  const done = new Set<string>();
  const visit = (file: string, path: readonly string[]): string[] => {
    if (path.includes(file)) return [...path.slice(path.indexOf(file)), file];
    if (done.has(file)) return [];
    for (const next of files.get(file) ?? []) {
      const circle = visit(next, [...path, file]);
      if (circle.length > 0) return circle;
    }
    done.add(file);
    return [];
  };
  for (const { file } of imports) {
    const circle = visit(file, []);
    if (circle.length > 0) return circle;
  }
  return [];
};

describe('the rooms', () => {
  test('are entered by their doors, use only what lies below them, and pure ones compute only', () => {
    expect(all.flatMap(violationsOf)).toEqual([]);
  });

  test('have no circles of imports, types among them', () => {
    expect(findCircle(all)).toEqual([]);
  });

  test('say at their doors what they do', () => {
    const closed = names.filter((name) => !ruleOf(name).isOpen && !['functions', 'bench'].includes(name));
    for (const name of closed)
      expect(readFileSync(join(name, 'index.ts'), 'utf8'), name).toMatch(/^\/\*\*[\s\S]+Start with|^\/\*\* /);
  });

  test('give at their doors nothing that nobody outside takes', () => {
    const doors = all.map(({ file }) => file).filter((file) => file === `${roomOf(file)}/index.ts`);
    expect(doors.length).toBeGreaterThan(5);
    expect(doors.flatMap((door) => unusedOf(door, readFileSync(door, 'utf8'), all))).toEqual([]);
  });

  test('are as many as are named here', () => {
    expect(all.filter(({ file }) => roomOf(file) === '')).toEqual([]);
  });
});

describe('a file that breaks the rules', () => {
  const inFile = (file: string, text: string): string[] => violationsOf(importsOf(file, text));

  test.each([
    ['functions/validation/a.ts', "import type {  } from '../pipeline/index.ts';", 'may not use'],
    ['functions/quality/a.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'may not use'],
    ['functions/warehouse/a.ts', "import { readFile } from 'node:fs/promises';", 'may not use'],
    [
      'functions/pipeline/a.ts',
      "import { dynamoLedger } from '../adapters/dynamo-ledger.ts';",
      'may not use',
    ],
    ['functions/sweep.ts', "import { runTransform } from './engine/index.ts';", 'may not use'],
    ['cli/runs/a.ts', "import { S3Client } from '@aws-sdk/client-s3';", 'may not use'],
    ['local/cloud/a.ts', "const { run } = await import('../../cli/index.ts');", 'may not use'],
    ['cli/runs/a.ts', "export { isOver } from '../../functions/pipeline/records/time.ts';", 'past its door'],
  ])('is named (%s)', (file, text, words) => {
    expect(inFile(file, text)).toEqual([expect.stringContaining(words)]);
  });

  test('is named where its door gives what only its own room takes', () => {
    const door = 'functions/values/index.ts';
    const given =
      "export { type A, b, c as d } from './a.ts';\nexport const e = 1;\nexport type { F } from './f.ts';";
    const users = [
      importsOf('functions/values/g.ts', "import { b } from './index.ts';"),
      importsOf('cli/run.ts', "import { type A, e as other } from '../functions/values/index.ts';"),
      importsOf('cli/later.ts', "const { d } = await import('../functions/values/index.ts');"),
    ];
    expect(unusedOf(door, given, users)).toEqual([`${door}#b`, `${door}#F`]);
  });

  test('is named with the circle that it closes', () => {
    const one = { file: 'a.ts', files: ['b.ts'], packages: [], taken: new Set<string>() };
    const two = { file: 'b.ts', files: ['c.ts', 'a.ts'], packages: [], taken: new Set<string>() };
    expect(findCircle([one, two])).toEqual(['a.ts', 'b.ts', 'a.ts']);
  });
});
