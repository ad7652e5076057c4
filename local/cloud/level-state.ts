import { existsSync, renameSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Change, DamagedStore, type Store } from './store/index.ts';

type LevelDb = {
  open(options: { readonly createIfMissing: false }): Promise<void>;
  iterator(): AsyncIterable<[Buffer, Buffer]>;
  close(): Promise<void>;
};
type ClassicLevel = new (
  directory: string,
  options: { readonly keyEncoding: 'buffer'; readonly valueEncoding: 'buffer' },
) => LevelDb;

const ENTRIES_AT_ONCE = 500;

/**
 * Copies the entries of a folder of LevelDB, which was used before there was a store, and renames it. If the process dies
 * before, the same entries are written again at the next start. If it fails, the store is closed; `DamagedStore` names the folder.
 */
export const convertLevel = async (directory: string, store: Store): Promise<void> => {
  if (!existsSync(join(directory, 'CURRENT'))) return;
  try {
    await convert(directory, store);
  } catch (cause) {
    store.close();
    const isOfLevel = String((cause as NodeJS.ErrnoException).code).startsWith('LEVEL_');
    throw isOfLevel ? new DamagedStore(directory, 'LevelDB cannot read it', { cause }) : cause;
  }
};

const convert = async (directory: string, store: Store): Promise<void> => {
  const db = new (classicLevel())(directory, { keyEncoding: 'buffer', valueEncoding: 'buffer' });
  await db.open({ createIfMissing: false });
  try {
    let changes: Change[] = [];
    for await (const [key, value] of db.iterator()) {
      changes.push({ type: 'put', key, value });
      if (changes.length < ENTRIES_AT_ONCE) continue;
      store.write(changes);
      changes = [];
    }
    store.write(changes);
  } finally {
    await db.close();
  }
  renameSync(directory, `${directory}.old`);
};

/** Dynalite's own LevelDB, which is loaded only here. */
const classicLevel = (): ClassicLevel => {
  const dynalite = createRequire(createRequire(import.meta.url).resolve('dynalite'));
  return createRequire(dynalite.resolve('level'))('classic-level').ClassicLevel;
};
