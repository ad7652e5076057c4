import { setTimeout } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { Sessions } from '../../../local/engines/sessions.ts';
import type { SparkWorker } from '../../../local/engines/spark/worker.ts';

/** Processes that die when they are told to, at once or a while later. */
const openFakes = (dyingFor = 0) => {
  const dead: number[] = [];
  let count = 0;
  const open = (): SparkWorker => {
    count += 1;
    const pid = count;
    let die = () => {};
    const ended = new Promise<void>((resolve) => {
      die = resolve;
    });
    const kill = async () => {
      dead.push(pid);
      await setTimeout(dyingFor);
      die();
      await ended;
    };
    return { pid, ready: Promise.resolve(), ended, run: async () => {}, kill };
  };
  return { dead, sessions: new Sessions({ open, idleFor: 10 }) };
};

test('lends the session that was used last', () => {
  const { sessions } = openFakes();
  const [one, two] = [sessions.take(), sessions.take()];
  sessions.giveBack(two);
  sessions.giveBack(one);
  expect(sessions.take()).toBe(one);
  expect(sessions.take()).toBe(two);
  expect(sessions.take().pid).toBe(3);
});

test('keeps one idle session and ends what is more after a while', async () => {
  const { dead, sessions } = openFakes();
  const [one, two] = [sessions.take(), sessions.take()];
  sessions.giveBack(one);
  await setTimeout(30);
  expect(dead).toEqual([]);
  sessions.giveBack(two);
  await setTimeout(30);
  expect(dead).toEqual([2]);
  expect(sessions.take()).toBe(one);
});

test('does not lend a session that is being ended', async () => {
  const { dead, sessions } = openFakes(200);
  const [one, two] = [sessions.take(), sessions.take()];
  sessions.giveBack(one);
  sessions.giveBack(two);
  await setTimeout(30);
  expect(dead).toHaveLength(1);
  expect([sessions.take().pid, sessions.take().pid]).not.toContain(dead[0]);
});

test('forgets a session that has ended by itself', async () => {
  const { sessions } = openFakes();
  const one = sessions.take();
  sessions.giveBack(one);
  await one.kill();
  expect(sessions.take()).not.toBe(one);
  sessions.giveBack(one);
  expect(sessions.take()).not.toBe(one);
});

test('ends all of them when it is closed', async () => {
  const { dead, sessions } = openFakes();
  sessions.giveBack(sessions.take());
  sessions.take();
  sessions.take();
  await sessions.close();
  expect(dead.sort()).toEqual([1, 2]);
});
