import { appendFileSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openJournal } from '../../../local/cloud/journal.ts';

let path: string;
beforeEach(async () => {
  path = join(await mkdtemp(join(tmpdir(), 'journal-')), 'deep', 'entries.jsonl');
});
afterEach(() => rm(join(path, '..', '..'), { recursive: true }));

const reopened = () => {
  const journal = openJournal<number>(path);
  journal.close();
  return [...journal.entries];
};

test('keeps what was added and not removed, without being closed', () => {
  const journal = openJournal<number>(path);
  journal.add('a', 1);
  journal.add('b', 2);
  journal.add('a', 3);
  journal.remove('b');
  journal.add('c', 4);
  expect([...journal.entries]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
  expect(reopened()).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});

test('drops a last line that was cut off and goes on after it', () => {
  const journal = openJournal<number>(path);
  journal.add('a', 1);
  appendFileSync(path, '{"id":"b","ent');
  expect(reopened()).toEqual([['a', 1]]);
  const next = openJournal<number>(path);
  next.add('c', 2);
  expect(reopened()).toEqual([
    ['a', 1],
    ['c', 2],
  ]);
});

test('stays small when entries come and go', () => {
  const journal = openJournal<number>(path);
  for (let number = 0; number < 12_000; number++) {
    journal.add(String(number), number);
    journal.remove(String(number));
  }
  journal.add('last', 1);
  expect(readFileSync(path, 'utf8').split('\n').length).toBeLessThan(11_000);
  expect(reopened()).toEqual([['last', 1]]);
});
