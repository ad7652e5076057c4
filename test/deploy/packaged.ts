import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { cp, mkdir, mkdtemp, readFile, realpath, rename, rm, stat, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Template } from './template.ts';

const root = join(import.meta.dirname, '../..');

const parts = [
  'package.json',
  'package-lock.json',
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

/** Options of `sls package`: the stage, and parameters such as `warehouse=cluster`. */
export type Variant = { readonly stage?: string; readonly params?: readonly string[] };

/** What packaging the service leaves behind. */
export type Packaged = {
  readonly template: Template;
  /** The template's path. */
  readonly file: string;
  /** The catalog that was rendered for the bundles. */
  readonly catalog: { readonly target: string };
  /** Bytes of all that a function's archive holds, unpacked, by its key in the template. */
  unpackedSize(key: string): Promise<number>;
};

/**
 * Packages a copy of the tree, so that nothing of the tree changes, without credentials and with no way out to the
 * network but a proxy that is not there. Throws what the framework printed. Test files share what was packaged from the same
 * files.
 */
export const packageService = async (variant: Variant = {}): Promise<Packaged> => {
  const folder = await packagedIn(variant);
  const read = async (path: string) => JSON.parse(await readFile(join(folder, path), 'utf8'));
  const template = '.serverless/cloudformation-template-update-stack.json';
  return {
    template: await read(template),
    file: join(folder, template),
    catalog: await read('.build/catalog.json'),
    unpackedSize: async (key) => unpackedSize(await readFile(join(folder, '.serverless', `${key}.zip`))),
  };
};

/** Milliseconds after which whoever packages is taken for dead. */
const longest = 180_000;

const packagedIn = async (variant: Variant): Promise<string> => {
  const all = join(await realpath(tmpdir()), 'soundcheck-packages');
  const folder = join(all, contentHash(variant));
  await mkdir(all, { recursive: true });
  while (!existsSync(folder)) {
    const lock = `${folder}.lock`;
    const isOurs = await mkdir(lock).then(
      () => true,
      () => false,
    );
    if (!isOurs) {
      const { mtimeMs } = await stat(lock).catch(() => ({ mtimeMs: Date.now() }));
      if (Date.now() - mtimeMs > longest) await rm(lock, { recursive: true, force: true });
      await wait(200);
      continue;
    }
    try {
      if (!existsSync(folder)) await rename(await packageInto(all, variant), folder);
    } finally {
      await rm(lock, { recursive: true, force: true });
    }
  }
  return folder;
};

/** Of everything that packaging reads. */
const contentHash = (variant: Variant): string => {
  const hash = createHash('sha256').update(JSON.stringify(variant));
  for (const part of parts.filter((name) => existsSync(join(root, name)))) {
    const path = join(root, part);
    const inside = statSync(path).isDirectory()
      ? readdirSync(path, { recursive: true, encoding: 'utf8' })
      : [''];
    for (const name of inside.sort()) {
      const file = join(path, name);
      if (statSync(file).isFile()) hash.update(`${part}/${name}`).update(readFileSync(file));
    }
  }
  return hash.digest('hex').slice(0, 16);
};

/** Copies everything that packaging reads into an empty folder. */
export const copyService = async (folder: string): Promise<void> => {
  for (const part of parts.filter((name) => existsSync(join(root, name))))
    await cp(join(root, part), join(folder, part), { recursive: true });
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'));
};

const packageInto = async (all: string, variant: Variant): Promise<string> => {
  const folder = await mkdtemp(join(all, 'new-'));
  await copyService(folder);
  try {
    await run(folder, variant);
    return folder;
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
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

const run = async (folder: string, { stage = 'dev', params = [] }: Variant): Promise<void> => {
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
    const options = ['--stage', stage, ...params.flatMap((param) => ['--param', param])];
    await promisify(execFile)(command, ['package', ...options], { cwd: folder, env, timeout: 150_000 });
  } catch (error) {
    const { stdout, stderr } = error as { stdout?: string; stderr?: string };
    throw new Error(`sls package failed:\n${stdout}\n${stderr}`, { cause: error });
  }
};
