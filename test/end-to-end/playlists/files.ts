import { readdir, readFile } from 'node:fs/promises';
import { join, relative } from 'node:path';

const here = import.meta.dirname;

/** The files that add the playlist to a project, by path. */
export const playlistFiles = async (): Promise<Readonly<Record<string, string>>> => {
  const entries = await Promise.all(
    ['rules', 'sql'].map((folder) => readdir(join(here, folder), { recursive: true, withFileTypes: true })),
  );
  const paths = entries
    .flat()
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name));
  return Object.fromEntries(
    await Promise.all(paths.map(async (path) => [relative(here, path), await readFile(path, 'utf8')])),
  );
};
