import { readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DamagedStore, openStore } from '../../../../local/cloud/store/index.ts';
import type { Random } from '../../../../local/generate/random.ts';
import { copyFiles, entriesOf, put } from './stores.ts';

/** What a flipped bit led to: an error that named a file, or nothing, because it was not in use. */
export type Outcome = 'noticed' | 'harmless';

/**
 * Flips one bit in one file of a copy of a store's folder, before or after the store is opened, reads everything and writes a
 * little. Throws if an answer is wrong or an error names no file.
 */
export const flipOneBit = (folder: string, entries: readonly [string, string][], random: Random): Outcome => {
  const copy = `${folder}-flipped`;
  copyFiles(folder, copy);
  const name = random.pick(readdirSync(copy));
  const flip = (): string => flipIn(join(copy, name), random);
  try {
    const where = random.chance(0.7) ? flip() : undefined;
    return read(copy, entries, () => where ?? flip());
  } finally {
    rmSync(copy, { recursive: true });
  }
};

const flipIn = (path: string, random: Random): string => {
  const bytes = readFileSync(path);
  if (bytes.length === 0) return `${path} is empty`;
  // Half of all flips are where the file says what the rest is.
  const at = random.below(random.chance(0.5) ? bytes.length : Math.min(bytes.length, 8_192));
  const bit = random.below(8);
  bytes.writeUInt8(bytes.readUInt8(at) ^ (1 << bit), at);
  writeFileSync(path, bytes);
  return `bit ${bit} of byte ${at} in ${path}`;
};

const read = (folder: string, entries: readonly [string, string][], flip: () => string): Outcome => {
  let where = '';
  let store: ReturnType<typeof openStore> | undefined;
  try {
    store = openStore(join(folder, 'entries.db'));
    where = flip();
    const found = entriesOf(store);
    for (const [key, value] of entries)
      if (store.get(Buffer.from(key, 'latin1'))?.toString('latin1') !== value)
        throw new Error(`${where}: ${key} is wrong`);
    if (JSON.stringify(found) !== JSON.stringify(entries)) throw new Error(`${where}: a list is wrong`);
    const more = Array.from({ length: 50 }, (_, at) => put(`~${at}`, 'x'.repeat(500)));
    store.write(more);
    store.check();
    if (entriesOf(store).length !== entries.length + more.length)
      throw new Error(`${where}: a list is wrong after a write`);
    return 'harmless';
  } catch (cause) {
    if (cause instanceof DamagedStore && cause.file.startsWith(folder)) return 'noticed';
    throw new Error(`${where} led to: ${cause}`, { cause });
  } finally {
    try {
      store?.close();
    } catch {}
  }
};
