import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { startSchedules } from '../../../../local/cloud/functions/schedules.ts';
import { deployed } from './deployed.ts';

const rate = { name: 'often', expression: 'rate(1 minute)', every: 60_000 };
const cron = { name: 'monthly', expression: 'cron(0 3 1 * ? *)' };

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

const start = (options: { every?: number; input?: unknown; done?: () => Promise<void> } = {}) => {
  const invoked: [string, unknown][] = [];
  const schedule = options.input === undefined ? rate : { ...rate, input: options.input };
  const schedules = startSchedules({
    functions: [deployed('sweep', { schedules: [schedule, cron] })],
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

test('a rate wakes its function with a scheduled event; a cron does not fire here', async () => {
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
