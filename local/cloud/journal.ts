import { renameSync } from 'node:fs';
import { readLines } from './journal-lines.ts';
import { type Change, openStore, type Store } from './store/index.ts';

/** A set of entries that survives the death of the process: it still holds all entries that were added and not removed. */
export type Journal<Entry, Kept = Entry> = {
  /** What is kept in memory of each entry, in the order in which they were first added. */
  readonly entries: ReadonlyMap<string, Kept>;
  /** Reads an entry from the disk. Throws `DamagedStore`. */
  read(id: string): Entry | undefined;
  /** Adds or replaces an entry; it is on disk when this returns. If it throws, nothing has changed. */
  add(id: string, entry: Entry): void;
  remove(id: string): void;
  close(): void;
};

/**
 * Opens a journal, a store of its own with the ending `.db`; a file of JSON lines at `path` is converted first. Writes are synchronous
 * and small, so that a busy thread pool cannot delay them. Memory holds what `keep` makes of an entry; default: the whole entry.
 * Throws `DamagedStore`.
 */
export const openJournal = <Entry, Kept = Entry>(
  path: string,
  keep: (entry: Entry) => Kept = (entry) => entry as unknown as Kept,
): Journal<Entry, Kept> => {
  const lines = readLines(path);
  const store = openStore(path.replace(/\.\w+$/, '.db'));
  const entries = new Map<string, Kept>();
  const numbers = new Map<string, number>();
  let last = 0;
  try {
    if (lines) convert(path, lines, store);
    for (const { number, id, entry } of read<Entry>(store)) {
      last = number;
      numbers.set(id, number);
      entries.set(id, keep(entry));
    }
  } catch (cause) {
    store.close();
    throw cause;
  }
  return {
    entries,
    read(id) {
      const number = numbers.get(id);
      const value = number === undefined ? undefined : store.get(keyOf(number));
      return value && (JSON.parse(value.toString()) as Line<Entry>).entry;
    },
    add(id, entry) {
      const number = numbers.get(id) ?? last + 1;
      store.write([addition(number, id, entry)]);
      last = Math.max(last, number);
      numbers.set(id, number);
      entries.set(id, keep(entry));
    },
    remove(id) {
      const number = numbers.get(id);
      if (number === undefined) return;
      store.write([{ type: 'del', key: keyOf(number) }]);
      numbers.delete(id);
      entries.delete(id);
    },
    close: () => store.close(),
  };
};

/** Writes the same entries again if an earlier process died before it renamed the file. */
const convert = (path: string, lines: ReadonlyMap<string, unknown>, store: Store): void => {
  store.write([...lines].map(([id, entry], at) => addition(at + 1, id, entry)));
  renameSync(path, `${path}.old`);
};

type Line<Entry> = { readonly id: string; readonly entry: Entry };

function* read<Entry>(store: Store) {
  const cursor = store.cursor({});
  for (let row = cursor.next(); row; row = cursor.next()) {
    const [key, value] = row;
    const { id, entry } = JSON.parse(value.toString()) as Line<Entry>;
    yield { number: key.readUIntBE(0, KEY_BYTES), id, entry };
  }
  cursor.close();
}

/** Keys are numbers, whose bytes have the order of additions. */
const KEY_BYTES = 6;

const keyOf = (number: number): Buffer => {
  const key = Buffer.alloc(KEY_BYTES);
  key.writeUIntBE(number, 0, KEY_BYTES);
  return key;
};

const addition = (number: number, id: string, entry: unknown): Change => ({
  type: 'put',
  key: keyOf(number),
  value: Buffer.from(JSON.stringify({ id, entry })),
});
