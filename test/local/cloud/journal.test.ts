import { appendFileSync, copyFileSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Journal, openJournal } from '../../../local/cloud/journal.ts';

let root: string;
let path: string;
let opened: Journal<number>[];
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'journal-'));
  path = join(root, 'deep', 'entries.jsonl');
  opened = [];
});
afterEach(async () => {
  for (const journal of opened) journal.close();
  await rm(root, { recursive: true });
});

const open = (at = path): Journal<number> => {
  const journal = openJournal<number>(at);
  opened.push(journal);
  return journal;
};

/** The entries that the next process finds if this one dies now. */
const afterDeath = () => {
  const folder = join(root, `after-${opened.length}`);
  mkdirSync(folder);
  for (const name of readdirSync(dirname(path))) copyFileSync(join(dirname(path), name), join(folder, name));
  return [...open(join(folder, 'entries.jsonl')).entries];
};

test('keeps what was added and not removed, without being closed', () => {
  const journal = open();
  journal.add('a', 1);
  journal.add('b', 2);
  journal.add('a', 3);
  journal.remove('b');
  journal.add('c', 4);
  expect([...journal.entries]).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
  expect(afterDeath()).toEqual([
    ['a', 3],
    ['c', 4],
  ]);
});

test('goes on after it was closed', () => {
  const journal = openJournal<number>(path);
  journal.add('a', 1);
  journal.remove('unknown');
  journal.close();
  const next = open();
  next.add('b', 2);
  next.add('a', 3);
  expect(afterDeath()).toEqual([
    ['a', 3],
    ['b', 2],
  ]);
});

test('stays small when entries come and go', async () => {
  const journal = open();
  for (let number = 0; number < 1_000; number++) {
    journal.add(String(number), number);
    journal.remove(String(number));
  }
  journal.add('last', 1);
  expect((await stat(path.replace('.jsonl', '.db'))).size).toBeLessThan(50_000);
  expect(afterDeath()).toEqual([['last', 1]]);
});

test('converts a file of JSON lines and drops its last line that was cut off', () => {
  mkdirSync(dirname(path));
  writeFileSync(path, '{"id":"b","entry":1}\n{"id":"a","entry":2}\n{"id":"c","entry":3}\n{"id":"b"}\n');
  appendFileSync(path, '{"id":"d","ent');
  expect([...open().entries]).toEqual([
    ['a', 2],
    ['c', 3],
  ]);
  expect([existsSync(path), existsSync(`${path}.old`)]).toEqual([false, true]);
  expect(afterDeath()).toEqual([
    ['a', 2],
    ['c', 3],
  ]);
});

test('converts the file once more if a process died while it did', () => {
  mkdirSync(dirname(path));
  const lines = '{"id":"a","entry":1}\n';
  writeFileSync(path, lines);
  openJournal<number>(path).close();
  writeFileSync(path, lines);
  expect([...open().entries]).toEqual([['a', 1]]);
});

test('names the line of a file that is damaged, and can be opened when it is repaired', () => {
  mkdirSync(dirname(path));
  writeFileSync(path, '{"id":"a","entry":1}\n{"id":"b","ent{"id":"c","entry":3}\n');
  expect(() => open()).toThrow(/entries\.jsonl is damaged: line 2 is not JSON/);
  writeFileSync(path, '{"id":"a","entry":1}\n{"id":"c","entry":3}\n');
  expect([...open().entries.keys()]).toEqual(['a', 'c']);
});
