import { mkdirSync, mkdtempSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { ChecksumFiles } from '../../../../local/engines/iceberg/checksum-files.ts';

let folder: string;
let path: string;
/** As Hadoop's local file system writes them. */
const write = (size: number): void => {
  const bytes = Buffer.alloc(size, 'rows of a table');
  const sums = [];
  for (let at = 0; at < size; at += 512) {
    const sum = Buffer.alloc(4);
    sum.writeUInt32BE(crc32(bytes.subarray(at, at + 512)));
    sums.push(sum);
  }
  writeFileSync(path, bytes);
  writeFileSync(
    join(folder, 'data', '.part-0.parquet.crc'),
    Buffer.concat([Buffer.from('crc\0\0\0\x02\0'), ...sums]),
  );
};
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'checksum-files-'));
  mkdirSync(join(folder, 'data'));
  path = join(folder, 'data', 'part-0.parquet');
});
afterEach(() => rmSync(folder, { recursive: true }));

const compared = () => new ChecksumFiles().expectSound([path]);

test.each([0, 1, 512, 700_000])('takes a file of %i bytes that is as it was written', async (size) => {
  write(size);
  await compared();
});

test('takes a file without checksums', async () => {
  writeFileSync(path, 'x');
  await compared();
});

test.each([
  [
    'flipped',
    () => {
      const bytes = readFileSync(path);
      bytes[600_000] = (bytes[600_000] ?? 0) ^ 1;
      writeFileSync(path, bytes);
    },
  ],
  ['cut', () => truncateSync(path, 600_000)],
  ['cut by a byte', () => truncateSync(path, 699_999)],
  ['empty', () => truncateSync(path, 0)],
  ['missing', () => rmSync(path)],
  ['without a whole checksum file', () => truncateSync(join(folder, 'data', '.part-0.parquet.crc'), 6)],
])('names a file that is %s', async (_, damage) => {
  write(700_000);
  damage();
  await expect(compared()).rejects.toThrow(`${path} is damaged: `);
});

test('reads a file once', async () => {
  write(1_000);
  const files = new ChecksumFiles();
  await files.expectSound([path]);
  rmSync(path);
  await files.expectSound([path]);
});
