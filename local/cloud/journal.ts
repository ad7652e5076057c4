import {
  closeSync,
  existsSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';

/** A set of entries that survives the death of the process: it still holds all entries that were added and not removed. */
export type Journal<Entry> = {
  /** Entries in the order in which they were first added. */
  readonly entries: ReadonlyMap<string, Entry>;
  /** Adds or replaces an entry; it is on disk when this returns. */
  add(id: string, entry: Entry): void;
  remove(id: string): void;
  close(): void;
};

/** Number of removed lines after which the file is rewritten. */
const DEAD_LINES = 5_000;

/**
 * Opens a journal: a file of JSON lines, `{"id","entry"}` for an addition and `{"id"}` for a removal. An incomplete last line,
 * left by a killed process, is dropped. Writes are synchronous and small, so that a busy thread pool cannot delay them; they
 * survive the death of the process, not that of the machine.
 */
export const openJournal = <Entry>(path: string): Journal<Entry> => {
  mkdirSync(dirname(path), { recursive: true });
  const entries = readEntries<Entry>(path);
  let file = rewrite(path, entries);
  let dead = 0;
  const append = (line: object) => {
    writeSync(file, `${JSON.stringify(line)}\n`);
  };
  return {
    entries,
    add(id, entry) {
      append({ id, entry });
      entries.set(id, entry);
    },
    remove(id) {
      if (!entries.delete(id)) return;
      append({ id });
      dead += 1;
      if (dead < DEAD_LINES || dead < entries.size) return;
      closeSync(file);
      file = rewrite(path, entries);
      dead = 0;
    },
    close: () => closeSync(file),
  };
};

const readEntries = <Entry>(path: string): Map<string, Entry> => {
  const entries = new Map<string, Entry>();
  const lines = existsSync(path) ? readFileSync(path, 'utf8').split('\n').slice(0, -1) : [];
  for (const line of lines) {
    const { id, entry } = JSON.parse(line) as { id: string; entry?: Entry };
    if (entry === undefined) entries.delete(id);
    else entries.set(id, entry);
  }
  return entries;
};

const rewrite = (path: string, entries: ReadonlyMap<string, unknown>): number => {
  const lines = [...entries].map(([id, entry]) => `${JSON.stringify({ id, entry })}\n`);
  writeFileSync(`${path}.new`, lines.join(''));
  renameSync(`${path}.new`, path);
  return openSync(path, 'a');
};
