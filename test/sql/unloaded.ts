import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { parseExactly } from '../../functions/values/exact-json.ts';
import type { Row } from './warehouse.ts';

/** What rebuilds unloaded, a folder for each relation, a file of JSON lines in each. */

const file = '0000_part_00.json';

/** The path for the rows that go under a prefix; its folder is made. */
export const unloadPath = async (folder: string, prefix: string): Promise<string> => {
  const path = join(folder, prefix, file);
  await mkdir(dirname(path), { recursive: true });
  return path;
};

/** Writes the rows that go under a prefix. */
export const writeUnloaded = async (
  folder: string,
  prefix: string,
  lines: readonly string[],
): Promise<void> => writeFile(await unloadPath(folder, prefix), lines.join('\n'));

/** Rows by relation; of a folder that is not there, none. */
export const readUnloaded = async (folder: string): Promise<Map<string, Row[]>> => {
  const names = (await readdir(folder).catch(() => [])).filter((name) => !name.includes('.'));
  const read = names.map(async (name): Promise<[string, Row[]]> => {
    const text = await readFile(join(folder, name, file), 'utf8');
    const lines = text.split('\n').filter((line) => line !== '');
    return [name, lines.map((line) => parseExactly(line) as Row)];
  });
  return new Map(await Promise.all(read));
};
