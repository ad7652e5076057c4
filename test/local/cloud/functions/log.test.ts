import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { joinFunctionLog, openFunctionLog } from '../../../../local/cloud/functions/log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

test('begins a log again with what its threads have written, and they follow', () => {
  let now = Date.now();
  const log = openFunctionLog(directory, 'sweep', () => now);
  const append = joinFunctionLog(log.path);
  append(`${'.'.repeat(2 ** 20)}\n`);
  log.write('the same day');
  now += 24 * 3_600_000;
  log.write('the next day');
  append('a line of a thread\n');
  log.close();
  expect(readFileSync(log.path, 'utf8')).toBe('the next day\na line of a thread\n');
  expect(readdirSync(directory)).toHaveLength(2);
});
