import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { fileRange } from '../../cli/file-range.ts';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'range-'));
  await writeFile(join(folder, 'digits'), '0123456789');
});
afterAll(() => rm(folder, { recursive: true }));

it('reads a part of a file, and throws beyond its end', async () => {
  const range = fileRange(join(folder, 'digits'));
  expect(String(await range(2, 5))).toBe('234');
  expect(String(await range(0, 10))).toBe('0123456789');
  await expect(range(8, 11)).rejects.toThrow('ends before byte 11');
});
