import { renameSync, rmSync, writeFileSync } from 'node:fs';

/**
 * Writes files so that each has its old or its new content at any moment, whether the disk is full or the process dies. None is
 * replaced before there was room for all.
 */
export const writeWhole = (
  files: readonly { readonly path: string; readonly content: string | Uint8Array }[],
) => {
  const besides = files.map(({ path }) => `${path}.${process.pid}.new`);
  try {
    for (const [index, { content }] of files.entries()) writeFileSync(besides[index] ?? '', content);
    for (const [index, { path }] of files.entries()) renameSync(besides[index] ?? '', path);
  } catch (error) {
    for (const path of besides) rmSync(path, { force: true });
    throw error;
  }
};
