import { readdir, stat } from 'node:fs/promises';
import { join, sep } from 'node:path';

/** Megabytes on the disk under a state folder, by part. */
export type StateSize = Readonly<Record<(typeof parts)[number]['name'], number>>;

const parts = [
  { name: 'objects', paths: /^s3\/objects\// },
  { name: 'index', paths: /^s3\// },
  { name: 'tables', paths: /^dynamo/ },
  { name: 'warehouse', paths: /^warehouse/ },
  { name: 'logs', paths: /^(logs|glue\/logs)\// },
  { name: 'other', paths: /^/ },
] as const;

/** A state of no size. */
export const noState = Object.fromEntries(parts.map(({ name }) => [name, 0])) as StateSize;

/** Measures each part of the state of a bench's folder; blocks count, because small files fill whole ones. */
export const stateSize = async (directory: string): Promise<StateSize> => {
  const state = join(directory, 'state');
  const bytes = new Map<string, number>();
  for (const entry of await readdir(state, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const inside = path.slice(state.length + 1).replaceAll(sep, '/');
    const part = parts.find(({ paths }) => paths.test(inside))?.name ?? 'other';
    // Files of a working cloud come and go.
    const found = await stat(path).catch(() => undefined);
    bytes.set(part, (bytes.get(part) ?? 0) + (found?.blocks ?? 0) * 512);
  }
  return Object.fromEntries(parts.map(({ name }) => [name, (bytes.get(name) ?? 0) / 1e6])) as StateSize;
};

/** All parts together. */
export const wholeOf = (state: StateSize): number =>
  Object.values(state).reduce((sum, megabytes) => sum + megabytes, 0);
