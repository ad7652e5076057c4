import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Template } from './template.ts';

const root = join(import.meta.dirname, '../..');

const parts = [
  'package.json',
  'tsconfig.json',
  'serverless.yml',
  'esbuild.config.cjs',
  'functions',
  'resources',
  'deploy',
  'rules',
  'sql',
  'glue',
];

/** What packaging the service leaves behind. */
export type Packaged = {
  readonly template: Template;
  /** The catalog that was rendered for the bundles. */
  readonly catalog: { readonly target: string };
  /** Bytes of a function's archive by its key in the template. */
  archiveSize(key: string): Promise<number>;
  remove(): Promise<void>;
};

/**
 * Packages a copy of the tree, so that nothing of the tree changes, without credentials and with no way out to the
 * network but a proxy that is not there. Throws what the framework printed.
 */
export const packageService = async (): Promise<Packaged> => {
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'soundcheck-package-'));
  const remove = () => rm(folder, { recursive: true, force: true });
  for (const part of parts.filter((name) => existsSync(join(root, name))))
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
  try {
    await run(folder);
  } catch (error) {
    await remove();
    throw error;
  }
  const read = async (path: string) => JSON.parse(await readFile(join(folder, path), 'utf8'));
  return {
    template: await read('.serverless/cloudformation-template-update-stack.json'),
    catalog: await read('.build/catalog.json'),
    archiveSize: async (key) => (await stat(join(folder, '.serverless', `${key}.zip`))).size,
    remove,
  };
};

const run = async (folder: string): Promise<void> => {
  const nowhere = 'http://127.0.0.1:9';
  const env = {
    PATH: process.env.PATH,
    HOME: folder,
    HTTP_PROXY: nowhere,
    HTTPS_PROXY: nowhere,
    SLS_TELEMETRY_DISABLED: '1',
  };
  const command = join(folder, 'node_modules', '.bin', 'sls');
  try {
    await promisify(execFile)(command, ['package'], { cwd: folder, env, timeout: 120_000 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`sls package failed:\n${stdout}\n${stderr}`, { cause: error });
  }
};
