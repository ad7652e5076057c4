import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockState, StateIsLocked } from '../../local/state-lock.ts';

let state: string;
beforeEach(async () => {
  state = join(await mkdtemp(join(tmpdir(), 'lock-')), 'state');
});
afterEach(() => rm(join(state, '..'), { recursive: true }));

const left = (holder: object | string) => {
  lockState(state);
  writeFileSync(join(state, 'lock'), typeof holder === 'string' ? holder : JSON.stringify(holder));
};

test('a second one is told who holds the state', () => {
  const release = lockState(state);
  expect(() => lockState(state)).toThrow(StateIsLocked);
  expect(() => lockState(state)).toThrow(new RegExp(`in use by process ${process.pid} since \\d{4}-`));
  release();
  lockState(state)();
});

test.each([
  ['a process that is dead', { pid: 2 ** 30, since: 'then' }],
  ['a process whose number was given again', { pid: process.pid, began: '1', since: 'then' }],
  ['a process that died while it wrote', '{"pid":'],
])('what %s left is taken over', (_, holder) => {
  left(holder);
  lockState(state);
  expect(JSON.parse(readFileSync(join(state, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
});
