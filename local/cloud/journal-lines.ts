import { existsSync, readFileSync } from 'node:fs';
import { DamagedStore } from './store/index.ts';

type Line = { readonly id: string; readonly entry?: unknown };

/**
 * Reads a journal of before there was a store: a file of JSON lines, `{"id","entry"}` for an addition and `{"id"}` for a removal.
 * An incomplete last line, left by a killed process, is dropped; undefined if there is no such file.
 */
export const readLines = (path: string): ReadonlyMap<string, unknown> | undefined => {
  if (!existsSync(path)) return undefined;
  const entries = new Map<string, unknown>();
  const lines = readFileSync(path, 'utf8').split('\n').slice(0, -1);
  for (const [at, text] of lines.entries()) {
    const { id, entry } = parse(path, text, at + 1);
    if (entry === undefined) entries.delete(id);
    else entries.set(id, entry);
  }
  return entries;
};

const parse = (path: string, text: string, number: number): Line => {
  try {
    return JSON.parse(text) as Line;
  } catch (cause) {
    throw new DamagedStore(path, `line ${number} is not JSON`, { cause });
  }
};
