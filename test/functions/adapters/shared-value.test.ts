import { expect, test } from 'vitest';
import { sharedValue } from '../../../functions/adapters/shared-value.ts';

const opened = (isOver?: (value: { n: number }) => boolean) => {
  const fetches: ((value: { n: number } | Error) => void)[] = [];
  const shared = sharedValue(
    () =>
      new Promise<{ n: number }>((resolve, reject) => {
        fetches.push((value) => (value instanceof Error ? reject(value) : resolve(value)));
      }),
    isOver,
  );
  return { shared, fetches };
};

test('fetches once for everybody who waits, and keeps the value', async () => {
  const { shared, fetches } = opened();
  const both = Promise.all([shared.get(), shared.get()]);
  expect(fetches).toHaveLength(1);
  const value = { n: 1 };
  fetches[0]?.(value);
  expect(await both).toEqual([value, value]);
  expect(await shared.get()).toBe(value);
  expect(fetches).toHaveLength(1);
});

test('forgets a value once, however many ask for it', async () => {
  const { shared, fetches } = opened();
  const first = shared.get();
  const value = { n: 1 };
  fetches[0]?.(value);
  await first;
  shared.forget(value);
  const second = shared.get();
  shared.forget(value);
  const third = shared.get();
  expect(fetches).toHaveLength(2);
  fetches[1]?.({ n: 2 });
  expect(await Promise.all([second, third])).toEqual([{ n: 2 }, { n: 2 }]);
  shared.forget(value);
  expect(await shared.get()).toEqual({ n: 2 });
});

test('keeps neither a failure nor a value that is over', async () => {
  const { shared, fetches } = opened(({ n }) => n === 1);
  const failed = shared.get();
  fetches[0]?.(new Error('no'));
  await expect(failed).rejects.toThrow('no');
  const first = shared.get();
  fetches[1]?.({ n: 1 });
  expect(await first).toEqual({ n: 1 });
  const second = shared.get();
  fetches[2]?.({ n: 2 });
  expect(await second).toEqual({ n: 2 });
  expect(fetches).toHaveLength(3);
});
