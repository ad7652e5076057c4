import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { currentMetadata } from '../../../../local/engines/iceberg/current-metadata.ts';

let table: string;
beforeEach(() => {
  table = mkdtempSync(join(tmpdir(), 'table-'));
});
afterEach(() => rmSync(table, { recursive: true }));

const write = (...names: string[]): void => {
  mkdirSync(join(table, 'metadata'), { recursive: true });
  for (const name of names) writeFileSync(join(table, 'metadata', name), '');
};

test('is absent while there is no table', async () => {
  expect(await currentMetadata(join(table, 'none'))).toBeUndefined();
  write();
  expect(await currentMetadata(table)).toBeUndefined();
});

test('is the file with the highest number, whatever the hint says and whatever is being written', async () => {
  write('v9.metadata.json', 'v10.metadata.json', 'version-hint.text', '.v11.metadata.json.crc');
  write('6a1f1b0e-5c0e-4d5b-9f0e-0d6c9f0b7a11.metadata.json', 'snap-1-1.avro');
  expect(await currentMetadata(table)).toBe(join(table, 'metadata', 'v10.metadata.json'));
});
