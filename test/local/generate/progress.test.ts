import { expect, it } from 'vitest';
import { progressOn } from '../../../local/generate/progress.ts';

const tellIn = (isTTY: boolean, seconds: readonly number[]): string[] => {
  const written: string[] = [];
  let time = 0;
  const screen = { isTTY, write: (text: string) => written.push(text) };
  const progress = progressOn(screen, { what: 'users', total: 1_000_000 }, () => time * 1_000);
  for (const second of seconds) {
    time = second;
    progress.tell(second * 25_000);
  }
  progress.end('done');
  return written;
};

it('says nothing about work that ends soon', () => {
  expect(tellIn(false, [0.5, 1, 1.9])).toEqual(['done\n']);
});

it('says every five seconds how far it is, how fast, and how long it still takes', () => {
  expect(tellIn(false, [1, 2, 3, 6, 7, 8])).toEqual([
    'users: 50,000 of 1,000,000 rows (5 %), 25,000 rows/s, 38 s left\n',
    'users: 175,000 of 1,000,000 rows (17 %), 25,000 rows/s, 33 s left\n',
    'done\n',
  ]);
});

it('keeps to one line of a terminal', () => {
  expect(tellIn(true, [2, 2.1, 4])).toEqual([
    '\r\x1b[Kusers: 50,000 of 1,000,000 rows (5 %), 25,000 rows/s, 38 s left',
    '\r\x1b[Kusers: 100,000 of 1,000,000 rows (10 %), 25,000 rows/s, 36 s left',
    '\r\x1b[Kdone\n',
  ]);
});
