import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { cp, mkdtemp, readFile, realpath, rm, symlink } from 'node:fs/promises';
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
  /** Bytes of all that a function's archive holds, unpacked, by its key in the template. */
  unpackedSize(key: string): Promise<number>;
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
    unpackedSize: async (key) => unpackedSize(await readFile(join(folder, '.serverless', `${key}.zip`))),
    remove,
  };
};

/** From the directory at the end of a zip archive without a comment. */
const unpackedSize = (archive: Buffer): number => {
  const end = archive.length - 22;
  let entry = archive.readUInt32LE(end + 16);
  let size = 0;
  for (let left = archive.readUInt16LE(end + 10); left > 0; left -= 1) {
    size += archive.readUInt32LE(entry + 24);
    entry += 46 + [28, 30, 32].reduce((length, field) => length + archive.readUInt16LE(entry + field), 0);
  }
  return size;
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
