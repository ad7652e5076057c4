import { expect, test, vi } from 'vitest';
import { untilWritten } from '../../../cli/target/room.ts';
import { StateNotWritable } from '../../../local/state/index.ts';

/** As a client of a service gets it. */
const full = (): Error => {
  const cause = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });
  return new Error(new StateNotWritable('/state', cause).message);
};

test('tries again until there is room, and says so once for all works of a command', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const written = untilWritten({ pause: 1 });
  let tries = 0;
  const work = (name: string) => () => {
    tries += 1;
    return tries > 4 ? Promise.resolve(name) : Promise.reject(full());
  };
  expect(await Promise.all([written(work('one')), written(work('other'))])).toEqual(['one', 'other']);
  expect(said.mock.calls).toEqual([[`${full().message}; trying again for 120 seconds`]]);
  said.mockRestore();
});

test('gives up after a time, and at once after any other error', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {});
  const written = untilWritten({ pause: 1, patience: 20 });
  await expect(written(() => Promise.reject(full()))).rejects.toThrow(full().message);
  let tries = 0;
  const other = (): Promise<never> => {
    tries += 1;
    return Promise.reject(new Error('the value "the disk of x is full" is not an int'));
  };
  await expect(written(other)).rejects.toThrow('is not an int');
  expect(tries).toBe(1);
  said.mockRestore();
});
