import { readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

type Sources = { readonly stamp: string; readonly files: Readonly<Record<string, string>> };

/** Whether the bundles of a folder were made with these settings from files that are still as they were. */
export const isBundled = (directory: string, stamp: string): boolean => {
  try {
    const sources: Sources = JSON.parse(readFileSync(pathIn(directory), 'utf8'));
    return (
      sources.stamp === stamp &&
      Object.entries(sources.files).every(([path, state]) => state === stateOf(path))
    );
  } catch {
    return false;
  }
};

/** Remembers what the bundles of a folder were made from, once they are all there. */
export const rememberSources = (directory: string, stamp: string, paths: readonly string[]): void => {
  const files = Object.fromEntries(paths.map((path) => [path, stateOf(path)]));
  const sources: Sources = { stamp, files };
  writeFileSync(pathIn(directory), JSON.stringify(sources));
};

const pathIn = (directory: string): string => join(directory, 'sources.json');

const stateOf = (path: string): string => {
  const { size, mtimeMs } = statSync(path);
  return `${size}@${mtimeMs}`;
};
