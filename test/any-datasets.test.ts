import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify, stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { banking } from './banking-project.ts';
import { readmeDataset } from './docs/readme-dataset.ts';

/** Tests that look at all that lies in `rules/` and `sql/`. */
const concerned = ['test/deploy/render/render.test.ts', 'test/deploy/render/properties.test.ts'];
const names = 'gives every dataset|is in the project|names each relation';

let root = '';
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), 'soundcheck-any-'));
  const copied = ['deploy', 'functions', 'rules', 'sql', 'test', 'package.json', 'tsconfig.json'];
  for (const name of copied) await cp(join(process.cwd(), name), join(root, name), { recursive: true });
  await symlink(join(process.cwd(), 'node_modules'), join(root, 'node_modules'));
  const added = { ...banking, ...(await readmeDataset()) };
  for (const [path, text] of Object.entries(added)) {
    await mkdir(dirname(join(root, path)), { recursive: true });
    await writeFile(join(root, path), text);
  }
});
afterAll(() => rm(root, { recursive: true, force: true }));

const run = (program: string, ...words: readonly string[]) =>
  promisify(execFile)(process.execPath, [join(root, 'node_modules', program), ...words], { cwd: root }).then(
    ({ stdout }) => stdout,
    (error: { stdout: string; stderr: string }) => `failed\n${error.stdout}\n${error.stderr}`,
  );

describe('a team that adds the datasets of the README and of a bank', { timeout: 240_000 }, () => {
  test('renders them, and is told that what dbt reads was updated', async () => {
    const said = await run('tsx/dist/cli.mjs', 'deploy/render/render.ts');
    expect(said).toMatch(/^Rendered .*likes.*transactions.*banking \(/);
    expect(said).toContain('sql/properties/relations.yml was out of date and has been updated: commit it');
    expect(await readFile(join(root, 'sql/properties/relations.yml'), 'utf8')).toContain(
      'name: liked_tracks',
    );
  });

  test('breaks no test of the product', async () => {
    await writeFile(join(root, 'vitest.config.mjs'), 'export default { test: { testTimeout: 60000 } };\n');
    const said = await run('vitest/vitest.mjs', 'run', '--root', root, '-t', names, ...concerned);
    expect(said).not.toMatch(/^failed/);
    expect(stripVTControlCharacters(said)).toMatch(/Tests\s+3 passed/);
  });
});
