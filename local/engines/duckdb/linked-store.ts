import { randomUUID } from 'node:crypto';
import { copyFile, link, mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { EngineStore } from '../../../functions/engine/index.ts';

/**
 * Runs work on a store whose files appear in a private folder for that time. The database for users' SQL can open files of the
 * lake only there.
 */
export const withLinkedFiles = async <Answer>(
  store: EngineStore,
  parent: string,
  work: (store: EngineStore) => Promise<Answer>,
): Promise<Answer> => {
  const folder = join(parent, randomUUID());
  await mkdir(folder, { recursive: true });
  const locate: EngineStore['locate'] = async (key, version) => {
    const path = join(folder, randomUUID());
    await linkOrCopy(await store.locate(key, version), path);
    return path;
  };
  try {
    return await work({ ...store, locate });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

/** Not every file system has links. */
const linkOrCopy = (from: string, to: string): Promise<void> =>
  link(from, to).catch(() => copyFile(from, to));
