import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openLog, openPages, PAGE } from '../../../../local/cloud/store/checked-files.ts';
import { openLastCommit } from '../../../../local/cloud/store/last-commit.ts';

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'files-'));
  path = join(folder, 'file');
});
afterEach(() => rmSync(folder, { recursive: true }));

const flip = (at: number): void => {
  const bytes = readFileSync(path);
  bytes.writeUInt8(bytes.readUInt8(at) ^ 4, at);
  writeFileSync(path, bytes);
};
const page = (fill: string): Buffer => Buffer.alloc(PAGE, fill);

test('a page with another bit, at another place or not there is an error', () => {
  const file = openPages(path);
  expect(file.read(Buffer.alloc(100), 0)).toBe(0);
  for (const [at, text] of ['a', 'b', 'c'].entries()) file.write(page(text), at * PAGE);
  expect(file.read(Buffer.alloc(PAGE), PAGE)).toBe(PAGE);
  const part = Buffer.alloc(16);
  expect(file.read(part, 2 * PAGE + 24)).toBe(16);
  expect(part.toString()).toBe('c'.repeat(16));
  flip(PAGE + 1_000);
  expect(() => file.read(Buffer.alloc(PAGE), PAGE)).toThrow(/file is damaged: page 2 has a wrong checksum/);
  expect(() => file.read(part, PAGE + 24)).toThrow(/page 2 has a wrong checksum/);
  const bytes = readFileSync(path);
  writeFileSync(path, Buffer.concat([bytes.subarray(2 * PAGE), bytes.subarray(PAGE)]));
  expect(() => file.read(part, 0)).toThrow(/page 1 has a wrong checksum/);
  expect(() => file.read(part, 3 * PAGE)).toThrow(/page 4 is missing/);
  file.close();
});

test('a page of the log that changed since it was first read or written is an error', () => {
  writeFileSync(path, Buffer.concat([Buffer.alloc(56), page('a')]));
  const log = openLog(path);
  const into = Buffer.alloc(PAGE);
  expect(log.read(Buffer.alloc(24 + PAGE), 32)).toBe(24 + PAGE);
  log.write(page('b'), 80 + PAGE);
  expect(log.read(into, 80 + PAGE)).toBe(PAGE);
  flip(100 + PAGE);
  expect(() => log.read(into, 80 + PAGE)).toThrow(/file is damaged: the page at byte 4176/);
  flip(60);
  expect(() => log.read(into, 56)).toThrow(/file is damaged: the page at byte 56/);
  log.truncate(0);
  log.write(page('c'), 56);
  expect(log.read(into, 56)).toBe(PAGE);
  log.close();
});

test('the last commit is known from the record before if a record is damaged', () => {
  const first = openLastCommit(path, true);
  expect(first.hasRecord).toBe(false);
  expect(first.foundOf(7)).toBeUndefined();
  for (const number of [1, 2, 3]) first.write(7, { number, isClosed: number === 3 });
  first.close();
  const found = (store: number) => openLastCommit(path, false).foundOf(store);
  expect(found(7)).toEqual({ number: 3, isClosed: true, isOtherBoot: false });
  expect(found(8)).toBeUndefined();
  flip(512 + 8);
  expect(found(7)).toEqual({ number: 2, isClosed: false, isOtherBoot: false });
  flip(8);
  expect(found(7)).toBeUndefined();
  expect(openLastCommit(path, false).hasRecord).toBe(true);
});
