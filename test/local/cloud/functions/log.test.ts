import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { joinFunctionLog, openFunctionLog } from '../../../../local/cloud/functions/log.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'log-'));
});
afterEach(() => rmSync(directory, { recursive: true }));

const textOf = (name: string): string => readFileSync(join(directory, name), 'utf8');

test('begins a log again when it is too long, and keeps what was before', () => {
  const log = openFunctionLog(directory, 'sweep', 20);
  for (const line of ['the first line', 'the second line', 'the third line', 'the fourth line', 'the end'])
    log.write(line);
  log.close();
  expect(textOf('sweep.log')).toBe('the end\n');
  expect(textOf('sweep.log.1')).toBe('the third line\nthe fourth line\n');
});

test('lets the threads of a function follow', () => {
  const log = openFunctionLog(directory, 'sweep', 20);
  const append = joinFunctionLog(log.path, 20);
  append('a line of a thread that is long\n');
  append('another one\n');
  log.write('a line of the cloud');
  append('a line in the new file\n');
  log.close();
  expect(textOf('sweep.log.1')).toBe('a line of a thread that is long\nanother one\n');
  expect(textOf('sweep.log')).toBe('a line of the cloud\na line in the new file\n');
});
