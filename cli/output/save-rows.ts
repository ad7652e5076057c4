import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import { type AnyFile, type FileReader, rowsFileOf } from '../../functions/pipeline/index.ts';
import { makeRowsFolder } from './rows-folder.ts';

/**
 * Saves the rows files of published files to a local folder, each under its own name, and returns their paths. An existing file
 * with the same content is fine; any other is kept, and is an error.
 */
export const saveRows = async (
  files: FileReader,
  records: readonly AnyFile[],
  folder: string,
): Promise<string[]> => {
  await makeRowsFolder(folder);
  const keys = records.flatMap((record) => rowsFileOf(record) ?? []);
  return pLimit(4).map(keys, (key) => save(files, key, join(folder, basename(key))));
};

const save = async (files: FileReader, key: string, path: string): Promise<string> => {
  const stored = (await files.versionsOf(key)).at(-1);
  const content = stored && (await files.open(stored));
  if (!content) throw new Error(`${key} is gone`);
  try {
    await pipeline(content, createWriteStream(path, { flags: 'wx' }));
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code !== 'EEXIST') throw cause;
    if (!(await isSame(await files.open(stored), path)))
      throw new Error(`${path} already exists and holds other rows: land it, move it or name another folder`);
  }
  return path;
};

/** Compares a stored object with a local file, in constant memory. */
const isSame = async (content: AsyncIterable<Uint8Array> | undefined, path: string): Promise<boolean> => {
  const [stored, local] = [createHash('sha256'), createHash('sha256')];
  for await (const bytes of content ?? []) stored.update(bytes);
  for await (const bytes of createReadStream(path)) local.update(bytes);
  return stored.digest('hex') === local.digest('hex');
};
