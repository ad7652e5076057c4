import { setImmediate as turn } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { openLock } from '../../../../local/cloud/dynamo/waiting-lines.ts';
import { onBehalfOf, surviveErrors } from '../../../../local/cloud/last-resort.ts';

test('lets one work at a time have a key, in the order in which they asked', async () => {
  const lock = openLock();
  const order: string[] = [];
  const releases: (() => void)[] = [];
  const take = (name: string, keys: string | string[]): void =>
    lock(keys, (release) => {
      order.push(name);
      releases.push(release());
    });
  take('first', 'a');
  take('both', ['a', 'b']);
  take('second', 'b');
  take('other', 'c');
  expect(order).toEqual(['first', 'other']);
  releases[0]?.();
  releases[0]?.();
  await turn();
  expect(order).toEqual(['first', 'other', 'both']);
  releases[2]?.();
  await turn();
  expect(order).toEqual(['first', 'other', 'both', 'second']);
});

test('an error in the middle of a work fails its own request, and the next work has the key', async () => {
  const lock = openLock();
  const failed: unknown[] = [];
  const letGo = surviveErrors(() => {});
  const vitestsOwn = process.listeners('uncaughtException').slice(0, -1);
  for (const listener of vitestsOwn) process.off('uncaughtException', listener);
  try {
    const last = new Promise<void>((resolve) => {
      const ask = (name: string, work: () => void): void =>
        onBehalfOf(
          (cause) => failed.push([name, String(cause)]),
          () => lock('a', work),
        );
      ask('later', () => setImmediate(() => fail('later')));
      ask('at once', () => fail('at once'));
      ask('whole', resolve);
    });
    await last;
  } finally {
    letGo();
    for (const listener of vitestsOwn) process.on('uncaughtException', listener);
  }
  expect(failed).toEqual([
    ['later', 'Error: later'],
    ['at once', 'Error: at once'],
  ]);
});

const fail = (name: string): never => {
  throw new Error(name);
};
