import { readdir, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { copyProject } from '../deploy/project.ts';

/** What a team that adds a dataset may touch. */
const copied = ['rules', 'sql'];
const kept = new Set([...copied, '.git', '.soundcheck', '.build']);

/**
 * A project folder whose `rules/` and `sql/` are a copy with these files added, without the shop if it is not asked for; all else is
 * linked to this project's own.
 */
export const projectWith = async (
  files: Readonly<Record<string, string>>,
  besides: readonly string[] = [],
): Promise<string> => {
  const outside = Object.keys(files).filter((path) => !copied.includes(path.split('/')[0] ?? ''));
  if (outside.length > 0) throw new Error(`neither in rules/ nor in sql/: ${outside.join(', ')}`);
  const root = await copyProject(files, besides);
  for (const name of await readdir(process.cwd()))
    if (!kept.has(name)) await symlink(join(process.cwd(), name), join(root, name));
  return root;
};
