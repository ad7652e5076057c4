import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openCloud } from '../../../cli/target/open-cloud.ts';
import { startCloud } from '../../../local/cloud/cloud.ts';
import { expectBegun, expectState } from '../../../local/state/folder.ts';

let folder: string;
const at = (name: string): string => join(folder, name);
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'state-folder-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

test.each(['engine', 'warehouse.duckdb', 'lock'])('a folder with %s is a state', (mark) => {
  writeFileSync(at(mark), '');
  writeFileSync(at('other.txt'), '');
  expect(() => expectState(folder)).not.toThrow();
});

test('a folder that is empty, or not there, may become one', () => {
  expect(() => expectState(folder)).not.toThrow();
  expect(() => expectState(at('absent'))).not.toThrow();
});

test('a folder of other files is neither taken away nor filled', async () => {
  writeFileSync(at('thesis.txt'), 'years');
  const says = /is not a state of the laptop cloud, and holds other files; name a new or an empty folder/;
  await expect(openCloud({ state: folder, fresh: true, sweepEvery: 1_000 })).rejects.toThrow(says);
  await expect(startCloud({ root: process.cwd(), state: folder })).rejects.toThrow(says);
  expect(existsSync(at('thesis.txt'))).toBe(true);
});

test('a file is no folder', () => {
  writeFileSync(at('a.csv'), '');
  expect(() => expectState(at('a.csv'))).toThrow(/is a file, or is below one; --state must name a folder/);
});

test('what is only to be looked into has to be there', () => {
  expect(() => expectBegun(undefined)).not.toThrow();
  expect(() => expectBegun(folder)).not.toThrow();
  expect(() => expectBegun(at('typo'))).toThrow(
    /^there is no state .*typo; name another folder with --state/,
  );
});
