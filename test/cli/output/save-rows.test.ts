import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { saveRows } from '../../../cli/output/save-rows.ts';
import type { FileReader } from '../../../functions/pipeline/ports.ts';
import { partly } from '../../functions/partly.ts';
import { fileRecord } from '../whereabouts.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'rows-'));
});
afterAll(() => rm(folder, { recursive: true }));

const stored = 'a,_line\nx,2\n';
const files = partly<FileReader>({
  versionsOf: async (key: string) => [{ key, version: 'r', size: 9, landed_at: '2026-01-01T00:00:00.000Z' }],
  open: async () =>
    (async function* () {
      yield Buffer.from(stored);
    })(),
});
const record = fileRecord('published', { quarantined_rows: 1 });

test('saves rows once, says again where they are, and never writes over a file that was changed', async () => {
  const [path = ''] = await saveRows(files, [record], folder);
  expect(await readFile(path, 'utf8')).toBe(stored);
  expect(await saveRows(files, [record], folder)).toEqual([path]);
  await writeFile(path, 'a,_line\ny,2\n');
  await expect(saveRows(files, [record], folder)).rejects.toThrow(/already exists and holds other rows/);
  expect(await readFile(path, 'utf8')).toBe('a,_line\ny,2\n');
});

test('says that a file is no folder', async () => {
  const path = join(folder, 'a.csv');
  await writeFile(path, '');
  for (const taken of [path, join(path, 'below')])
    await expect(saveRows(files, [record], taken)).rejects.toThrow(
      `${taken} is a file, or is below one; name a folder with --rows`,
    );
});
