import { readFileSync, statSync, writeFileSync } from 'node:fs';

type Sources = { readonly stamp: string; readonly files: Readonly<Record<string, string>> };

/** Whether a record matches these settings and the current sources. */
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

/** The current state of files, to be stored in a record. */
export const statesOf = (paths: readonly string[]): Sources['files'] =>
  Object.fromEntries(paths.map((path) => [path, stateOf(path)]));

/** Writes a record of the sources and settings of a build, after the build is complete. */
export const rememberSources = (record: string, sources: Sources): void =>
  writeFileSync(record, JSON.stringify(sources));

const stateOf = (path: string): string => {
  const { size, mtimeMs } = statSync(path);
  return `${size}@${mtimeMs}`;
};
