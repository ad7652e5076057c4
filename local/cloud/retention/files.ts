import { readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';

const filesPerStep = 100;

/** Removes files of a folder that nobody has written since a moment, of those that are wanted. */
export const removeFiles = async function* (
  directory: string,
  before: number,
  isWanted: (name: string) => boolean,
): AsyncGenerator<void, void, void> {
  let inStep = 0;
  for (const name of (await readdir(directory).catch(() => [])).filter(isWanted)) {
    const path = join(directory, name);
    const written = await stat(path).catch(() => undefined);
    if (written?.isFile() && written.mtimeMs < before) await rm(path, { force: true });
    inStep += 1;
    if (inStep % filesPerStep === 0) yield;
  }
};
