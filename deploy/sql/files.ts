import { readdir, readFile } from 'node:fs/promises';
import { basename, join } from 'node:path';

/** One file of the SQL project. */
export type SqlFile = {
  /** Relative to the project's root, with forward slashes: `sql/marts/dim_tracks.sql`. */
  readonly path: string;
  /** The folder under `sql/`: `silver`, `staging`, `marts`, `views`, `kpis`, `checks` or `macros`. */
  readonly folder: string;
  /** The relation's name: the file's name without its ending. */
  readonly name: string;
  readonly source: string;
};

const folders = ['silver', 'staging', 'marts', 'views', 'kpis', 'checks', 'macros'] as const;

/** Every SQL file of a project, sorted by path; subfolders count as part of their folder under `sql/`. */
export const readSqlFiles = async (root: string): Promise<SqlFile[]> =>
  (await Promise.all(folders.map((folder) => readFolder(root, folder)))).flat();

const readFolder = async (root: string, folder: string): Promise<SqlFile[]> => {
  const entries = await readdir(join(root, 'sql', folder), { recursive: true }).catch(ignoreMissing);
  const paths = entries.filter((entry) => entry.endsWith('.sql')).sort();
  return Promise.all(
    paths.map(async (entry) => ({
      path: ['sql', folder, ...entry.split(/[\\/]/)].join('/'),
      folder,
      name: basename(entry, '.sql'),
      source: await readFile(join(root, 'sql', folder, entry), 'utf8'),
    })),
  );
};

/** An empty list if the folder does not exist. */
export const ignoreMissing = (error: NodeJS.ErrnoException): never[] => {
  if (error.code === 'ENOENT') return [];
  throw error;
};
