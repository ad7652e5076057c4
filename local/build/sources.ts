import { readFileSync, statSync, writeFileSync } from 'node:fs';

type Sources = { readonly stamp: string; readonly files: Readonly<Record<string, string>> };

/** Whether what a record tells of was made with these settings from files that are still as they were. */
export const isUpToDate = (record: string, stamp: string): boolean => {
  try {
    const sources: Sources = JSON.parse(readFileSync(record, 'utf8'));
    return (
      sources.stamp === stamp &&
      Object.entries(sources.files).every(([path, state]) => state === stateOf(path))
    );
  } catch {
    return false;
  }
};

/** Files as they are now, to be remembered as what something is made from. */
export const statesOf = (paths: readonly string[]): Sources['files'] =>
  Object.fromEntries(paths.map((path) => [path, stateOf(path)]));

/** Writes a record of what something was made from, once it is all there. */
export const rememberSources = (record: string, sources: Sources): void =>
  writeFileSync(record, JSON.stringify(sources));

const stateOf = (path: string): string => {
  const { size, mtimeMs } = statSync(path);
  return `${size}@${mtimeMs}`;
};
