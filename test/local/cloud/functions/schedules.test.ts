import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { startSchedules } from '../../../../local/cloud/functions/schedules.ts';
import { deployed } from './deployed.ts';

const rate = { name: 'often', expression: 'rate(1 minute)' };

beforeEach(() => {
  vi.useFakeTimers({ now: Date.UTC(2024, 0, 31, 23, 59, 30) });
});
afterEach(() => {
  vi.useRealTimers();
});

type Options = { cron?: string; every?: number; input?: unknown; done?: () => Promise<void> };

const start = (options: Options = {}) => {
  const invoked: [string, unknown][] = [];
  const timing = options.cron === undefined ? rate : { name: 'monthly', expression: options.cron };
  const schedule = options.input === undefined ? timing : { ...timing, input: options.input };
  const schedules = startSchedules({
    functions: [deployed('sweep', { schedules: [schedule] })],
    account: '000000000000',
    region: 'eu-west-1',
    every: options.every,
    invoke: (name, event) => {
      invoked.push([name, event]);
      return { requestId: 'r', done: (options.done ?? (async () => {}))() };
    },
  });
  return { invoked, schedules };
};

test('a rate wakes its function with a scheduled event', async () => {
  const { invoked, schedules } = start();
  await vi.advanceTimersByTimeAsync(60_000);
  schedules.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(invoked).toEqual([
    [
      'test-sweep',
      expect.objectContaining({ source: 'aws.events', 'detail-type': 'Scheduled Event', detail: {} }),
    ],
  ]);
});

test('another period replaces what the template says', async () => {
  const { invoked, schedules } = start({ every: 2_000 });
  await vi.advanceTimersByTimeAsync(6_000);
  schedules.stop();
  expect(invoked).toHaveLength(3);
});

test('tells the period of its rates, and when a run last ended', async () => {
  const begun = Date.now();
  let isStuck = false;
  const done = () => (isStuck ? new Promise<void>(() => {}) : Promise.resolve());
  const { schedules } = start({ every: 2_000, done });
  expect(schedules.pulse()).toEqual({ every: 2_000, last: begun });
  await vi.advanceTimersByTimeAsync(4_000);
  isStuck = true;
  await vi.advanceTimersByTimeAsync(60_000);
  schedules.stop();
  expect(schedules.pulse()).toEqual({ every: 2_000, last: begun + 4_000 });
  expect(start({ cron: 'cron(0 0 1 * ? *)' }).schedules.pulse()).toBeUndefined();
});

test('a rate of more days than a timer holds keeps its period', async () => {
  const { invoked, schedules } = start({ every: 30 * 86_400_000 });
  await vi.advanceTimersByTimeAsync(29 * 86_400_000);
  expect(invoked).toHaveLength(0);
  await vi.advanceTimersByTimeAsync(31 * 86_400_000);
  schedules.stop();
  expect(invoked).toHaveLength(2);
});

test('the input of the template is given instead of the event', () => {
  const { invoked, schedules } = start({ input: { all: true } });
  schedules.fire();
  schedules.stop();
  expect(invoked).toEqual([['test-sweep', { all: true }]]);
});

test('a time is left out while the one before still runs', async () => {
  const { invoked, schedules } = start({ done: () => new Promise(() => {}) });
  schedules.fire();
  await vi.advanceTimersByTimeAsync(180_000);
  schedules.stop();
  expect(invoked).toHaveLength(1);
});

describe('a cron', () => {
  const minute = 60_000;
  const day = 24 * 60 * minute;
  const timesOf = (invoked: readonly [string, unknown][]) =>
    invoked.map(([, event]) => (event as { time: string }).time);

  test('wakes its function at its times, months apart, with that time in the event', async () => {
    const { invoked, schedules } = start({ cron: 'cron(0 3 1 1/3 ? *)' });
    await vi.advanceTimersByTimeAsync(30_000 + 30 * day);
    expect(invoked).toEqual([]);
    await vi.advanceTimersByTimeAsync(160 * day);
    schedules.stop();
    await vi.advanceTimersByTimeAsync(100 * day);
    expect(timesOf(invoked)).toEqual(['2024-04-01T03:00:00Z', '2024-07-01T03:00:00Z']);
  });

  test('fires on the very millisecond', async () => {
    const { invoked, schedules } = start({ cron: 'cron(0 0 1 * ? *)' });
    await vi.advanceTimersByTimeAsync(29_999);
    expect(invoked).toHaveLength(0);
    await vi.advanceTimersByTimeAsync(1);
    schedules.stop();
    expect(timesOf(invoked)).toEqual(['2024-02-01T00:00:00Z']);
  });

  test('fires once when the machine slept over several of its times', async () => {
    const { invoked, schedules } = start({ cron: 'cron(0 * * * ? *)' });
    vi.setSystemTime(Date.UTC(2024, 1, 1, 9, 30));
    await vi.advanceTimersByTimeAsync(30_000);
    expect(timesOf(invoked)).toEqual(['2024-02-01T00:00:00Z']);
    await vi.advanceTimersByTimeAsync(30 * minute);
    schedules.stop();
    expect(timesOf(invoked)).toEqual(['2024-02-01T00:00:00Z', '2024-02-01T10:00:00Z']);
  });

  test('fires at its next time after a clock that was far ahead is set right, and twice for none', async () => {
    const { invoked, schedules } = start({ cron: 'cron(0 0 * * ? *)' });
    await vi.advanceTimersByTimeAsync(30_000);
    vi.setSystemTime(Date.UTC(2024, 0, 31, 23, 58));
    await vi.advanceTimersByTimeAsync(5 * minute);
    expect(timesOf(invoked)).toEqual(['2024-02-01T00:00:00Z']);
    vi.setSystemTime(Date.UTC(2034, 1, 1));
    await vi.advanceTimersByTimeAsync(minute);
    vi.setSystemTime(Date.UTC(2024, 1, 1, 23, 58));
    await vi.advanceTimersByTimeAsync(3 * minute);
    schedules.stop();
    expect(timesOf(invoked).at(-1)).toBe('2024-02-02T00:00:00Z');
  });

  test('is not woken with the rates, nor by another period', async () => {
    const { invoked, schedules } = start({ cron: 'cron(0 3 1 * ? *)', every: 1_000 });
    schedules.fire();
    await vi.advanceTimersByTimeAsync(10_000);
    schedules.stop();
    expect(invoked).toEqual([]);
  });

  test('that has no time left waits for nothing', () => {
    const { schedules } = start({ cron: 'cron(0 3 1 * ? 2020)' });
    expect(vi.getTimerCount()).toBe(0);
    schedules.stop();
  });
});
