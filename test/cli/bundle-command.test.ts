import { cp, mkdir, mkdtemp, readdir, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type Answered, runToEnd, soundcheck } from './soundcheck-process.ts';

/** A project with the same way to its command, and a command of three lines. */
let root: string;
const write = (path: string, text: string): Promise<void> => writeFile(join(root, path), text);
const run = (...args: string[]): Promise<Answered> =>
  runToEnd(process.execPath, [join(root, 'cli/soundcheck.cjs'), ...args], { cwd: tmpdir() });
const folders = async (): Promise<string[]> =>
  (await readdir(join(root, '.build/soundcheck'))).filter((name) => name !== 'sources.json');

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'bundle-command-'));
  for (const path of ['cli/soundcheck.cjs', 'cli/bundle-command.cjs', 'local/build/sources.cjs']) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await cp(path, join(root, path));
  }
  await symlink(resolve('node_modules'), join(root, 'node_modules'));
  await write('package.json', '{"type":"module"}');
  await write('package-lock.json', '{}');
  await write('cli/greeting.ts', "export const greeting: string = 'first';\n");
  await write(
    'cli/soundcheck.ts',
    "import { greeting } from './greeting.ts';\nconsole.log(greeting, process.env.UV_THREADPOOL_SIZE, process.argv[2], import.meta.url);\n",
  );
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** In order: each goes on from the build of the one before. */
describe('the bin of the package', { timeout: 60_000 }, () => {
  test('bundles the command when it is first run, and knows where its source lies', async () => {
    const { code, stdout } = await run('one');
    expect(stdout).toBe(`first 16 one file://${join(root, 'cli/soundcheck.ts')}\n`);
    expect(code).toBe(0);
  });

  test('runs what it has bundled while nothing changes', async () => {
    const built = await folders();
    expect((await run('two')).stdout).toContain('first 16 two');
    expect(await folders()).toEqual(built);
  });

  test('bundles again when a source has changed', async () => {
    await write('cli/greeting.ts', "export const greeting: string = 'second';\n");
    expect((await run('three')).stdout).toContain('second 16 three');
  });

  test('runs twice at once while it bundles', async () => {
    await write('cli/greeting.ts', "export const greeting: string = 'third time';\n");
    const both = await Promise.all([run('four'), run('five')]);
    expect(both.map(({ stdout }) => stdout.slice(0, 15))).toEqual(['third time 16 f', 'third time 16 f']);
  });

  test('says what is wrong with a source instead of running the old one', async () => {
    await write('cli/greeting.ts', 'export const greeting = ;\n');
    const { code, stdout, stderr } = await run('six');
    expect(stderr).toMatch(/^error: Build failed with 1 error:\ncli\/greeting\.ts:1:24/);
    expect([code, stdout]).toEqual([1, '']);
  });
});

test('each part of the bundle is a module that Node can read', { timeout: 60_000 }, async () => {
  await soundcheck(['--help']);
  const builds = '.build/soundcheck';
  const { stamp } = JSON.parse(await readFile(join(builds, 'sources.json'), 'utf8'));
  const folder = join(builds, dirname(stamp));
  const parts = (await readdir(folder)).filter((name) => name.endsWith('.mjs'));
  expect(parts.length).toBeGreaterThan(10);
  for (const part of parts) {
    const { code, stderr } = await runToEnd(process.execPath, ['--check', join(folder, part)], {});
    expect([part, code, stderr]).toEqual([part, 0, '']);
  }
});
