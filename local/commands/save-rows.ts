import { createWriteStream } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import pLimit from 'p-limit';
import type { FileRecord } from '../../functions/domain/ledger.ts';
import type { Files } from '../../functions/domain/ports.ts';
import { rowsFileOf } from './file-document.ts';

/** Saves the rows files of published files to a folder of this machine, each under its own name; answers their paths. A file that is there already is left alone, and an error. */
export const saveRows = async (
  files: Pick<Files, 'versionsOf' | 'open'>,
  records: readonly FileRecord[],
  folder: string,
): Promise<string[]> => {
  await mkdir(folder, { recursive: true });
  const keys = records.flatMap((record) => rowsFileOf(record) ?? []);
  return pLimit(4).map(keys, (key) => save(files, key, join(folder, basename(key))));
};

const save = async (
  files: Pick<Files, 'versionsOf' | 'open'>,
  key: string,
  path: string,
): Promise<string> => {
  const stored = (await files.versionsOf(key)).at(-1);
  const content = stored && (await files.open(stored));
  if (!content) throw new Error(`${key} is gone`);
  await pipeline(content, createWriteStream(path, { flags: 'wx' }));
  return path;
};
