import { type Dirent, existsSync, readdirSync } from 'node:fs';

/** A folder that is not a state of the laptop cloud. */
export class NotAState extends Error {
  override readonly name = 'NotAState';
}

/** Files that every state has from the beginning: its engine, its warehouse or, before those, its lock. */
const marks: ReadonlySet<string> = new Set(['engine', 'warehouse.duckdb', 'lock']);

/** Throws `NotAState` unless a folder is a state, empty or missing: a state fills its folder, and `--fresh` empties it. */
export const expectState = (folder: string): void => {
  const entries = entriesOf(folder);
  if (entries.length === 0 || entries.some((entry) => entry.isFile() && marks.has(entry.name))) return;
  throw new NotAState(
    `${folder} is not a state of the laptop cloud, and holds other files; name a new or an empty folder with --state`,
  );
};

/** Throws `NotAState` if a folder was named to be read and no state was ever started there. */
export const expectBegun = (folder: string | undefined): void => {
  if (folder === undefined || existsSync(folder)) return;
  throw new NotAState(
    `there is no state ${folder}; name another folder with --state, or start this one: npx soundcheck cloud --state ${folder}`,
  );
};

const entriesOf = (folder: string): Dirent[] => {
  try {
    return readdirSync(folder, { withFileTypes: true });
  } catch (cause) {
    const { code } = cause as NodeJS.ErrnoException;
    if (code === 'ENOENT') return [];
    if (code !== 'ENOTDIR') throw cause;
    throw new NotAState(`${folder} is a file, or is below one; --state must name a folder`, { cause });
  }
};
