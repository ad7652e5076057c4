import { spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { lockState, StateIsLocked } from '../../../local/state/lock.ts';

let state: string;
beforeEach(async () => {
  state = join(await mkdtemp(join(tmpdir(), 'lock-')), 'state');
});
afterEach(() => rm(join(state, '..'), { recursive: true }));

const left = async (holder: object | string) => {
  await lockState(state);
  writeFileSync(join(state, 'lock'), typeof holder === 'string' ? holder : JSON.stringify(holder));
};

test('a second one is told who holds the state', async () => {
  const release = await lockState(state);
  const second = lockState(state);
  await expect(second).rejects.toThrow(StateIsLocked);
  await expect(second).rejects.toThrow(new RegExp(`in use by process ${process.pid} since \\d{4}-`));
  release();
  (await lockState(state))();
});

test.each([
  ['a process that is dead', { pid: 2 ** 30, since: 'then' }],
  ['someone who writes no JSON', '{"pid":'],
])('what %s left is taken over', async (_, holder) => {
  await left(holder);
  await lockState(state);
  expect(JSON.parse(readFileSync(join(state, 'lock'), 'utf8'))).toMatchObject({ pid: process.pid });
});

test.runIf(process.platform === 'linux')(
  'a number that was given to another process holds nothing',
  async () => {
    await left({ pid: process.pid, began: '1', since: 'then' });
    (await lockState(state))();
  },
);

test('a process that is about to die is waited for', async () => {
  const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
  await left({ pid: child.pid, since: 'now' });
  child.kill('SIGKILL');
  (await lockState(state))();
});
