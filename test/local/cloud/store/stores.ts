import { copyFileSync, mkdirSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../../../local/cloud/store/index.ts';

/** Folders of stores for a test. */
export type Stores = {
  readonly folder: string;
  /** Opens the store of a folder. */
  open(folder?: string): Store;
  /** A new folder with the files that a process leaves which dies now. */
  afterDeath(folder?: string): string;
  remove(): void;
};

export const openStores = (): Stores => {
  const root = mkdtempSync(join(tmpdir(), 'store-'));
  const folder = join(root, '0');
  const opened: Store[] = [];
  let copies = 0;
  return {
    folder,
    open(at = folder) {
      const store = openStore(join(at, 'entries.db'));
      opened.push(store);
      return store;
    },
    afterDeath(at = folder) {
      copies += 1;
      const copy = join(root, String(copies));
      copyFiles(at, copy);
      return copy;
    },
    remove() {
      for (const store of opened) closeIfOpen(store);
      rmSync(root, { recursive: true });
    },
  };
};

export const copyFiles = (from: string, to: string): void => {
  mkdirSync(to, { recursive: true });
  for (const name of readdirSync(from)) copyFileSync(join(from, name), join(to, name));
};

const closeIfOpen = (store: Store): void => {
  try {
    store.close();
  } catch {}
};

export const put = (key: string, value: string) =>
  ({ type: 'put', key: Buffer.from(key), value: Buffer.from(value) }) as const;
export const del = (key: string) => ({ type: 'del', key: Buffer.from(key) }) as const;

/** All entries of a store as texts. */
export const entriesOf = (store: Store, range: Parameters<Store['cursor']>[0] = {}): [string, string][] => {
  const cursor = store.cursor(range);
  const entries: [string, string][] = [];
  for (let entry = cursor.next(); entry; entry = cursor.next())
    entries.push([entry[0].toString('latin1'), entry[1].toString('latin1')]);
  cursor.close();
  return entries;
};
