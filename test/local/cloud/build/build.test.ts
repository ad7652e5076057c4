import { appendFile, cp, mkdir, mkdtemp, readFile, rm, stat, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildFunctions, catalogPath } from '../../../../local/cloud/build/build.ts';
import { deployed } from '../functions/deployed.ts';

let root: string;
let state: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'build-'));
  state = join(root, 'state');
  await mkdir(state);
  for (const part of ['rules', 'sql', 'esbuild.config.cjs', 'deploy/bundle'])
    await cp(join(process.cwd(), part), join(root, part), { recursive: true });
  await mkdir(join(root, 'functions'));
  await writeFile(
    join(root, 'functions', 'count.ts'),
    `import catalog from '#catalog'; export const handler = () => Object.keys(catalog.datasets).length;`,
  );
});
afterEach(() => rm(root, { recursive: true, force: true }));

const build = async () => {
  const building = buildFunctions(root, state, [deployed('count')]);
  const [catalog, bundles] = await Promise.allSettled([building.catalog, building.bundles]);
  if (catalog.status === 'rejected') throw catalog.reason;
  if (bundles.status === 'rejected') throw bundles.reason;
  return { catalog: catalog.value, bundle: bundles.value.functions.get('count') ?? '' };
};

const changedAt = async (path: string): Promise<number> => (await stat(path)).mtimeMs;

test('bundles a function with the catalog that is rendered meanwhile', async () => {
  const { catalog, bundle } = await build();
  const { handler } = await import(bundle);
  expect(catalog.target).toBe('duckdb');
  expect(handler()).toBe(Object.keys(catalog.datasets).length);
});

test('keeps what is up to date', async () => {
  const first = await build();
  const record = `${catalogPath(state)}.sources`;
  const times = await Promise.all([record, first.bundle].map(changedAt));
  expect(await build()).toEqual(first);
  expect(await Promise.all([record, first.bundle].map(changedAt))).toEqual(times);
});

test('renders and bundles again what its sources no longer match', async () => {
  const { bundle } = await build();
  const made = await changedAt(bundle);
  await appendFile(join(root, 'rules', 'streams', 'quality.dqdl'), '\n');
  const { catalog } = await build();
  expect(catalog.datasets.streams?.ruleset.endsWith('\n\n')).toBe(true);
  expect(await changedAt(bundle)).toBeGreaterThan(made);
});

test('renders again what was lost', async () => {
  const { catalog } = await build();
  await rm(catalogPath(state));
  expect((await build()).catalog).toEqual(catalog);
});

test('says what is wrong with a project, also when it was right before', async () => {
  await build();
  await appendFile(join(root, 'sql', 'marts', 'dim_date.sql'), 'qualify 1 = 1');
  await expect(build()).rejects.toMatchObject({ name: 'ProjectProblems' });
  await expect(build()).rejects.toThrow('sql/marts/dim_date.sql');
});

/** Flips a bit, and leaves size and time as they were. */
const damage = async (path: string): Promise<void> => {
  const { atime, mtime } = await stat(path);
  const bytes = await readFile(path);
  const at = Math.max(bytes.indexOf('"streams"'), 20);
  bytes[at] = (bytes[at] ?? 0) ^ 1;
  await writeFile(path, bytes);
  await utimes(path, atime, mtime);
};

test('makes again what has other bytes than were written, and what says so', async () => {
  const { catalog, bundle } = await build();
  const files = [catalogPath(state), bundle, join(state, 'bundles', 'worker.mjs')];
  const made = await Promise.all(files.map((path) => readFile(path)));
  for (const path of [...files, `${catalogPath(state)}.sources`, join(state, 'bundles', 'sources.json')]) {
    await damage(path);
    expect((await build()).catalog).toEqual(catalog);
    expect(await Promise.all(files.map((file) => readFile(file)))).toEqual(made);
  }
});
