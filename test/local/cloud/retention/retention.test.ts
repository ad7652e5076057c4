import { setTimeout as pause } from 'node:timers/promises';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { openSteadyClock } from '../../../../local/cloud/retention/clock.ts';
import { type Keeper, startRetention } from '../../../../local/cloud/retention/retention.ts';

const minute = 60_000;
const year = 365 * 24 * 60 * minute;

let wall: number;
let running: number;
const clock = { now: () => wall, elapsed: () => running };
/** Time goes by, and the clock with it; then it jumps. */
const pass = (milliseconds: number, jump = 0): void => {
  wall += milliseconds + jump;
  running += milliseconds;
};

beforeEach(() => {
  [wall, running] = [Date.UTC(2026, 0, 1), 1_000];
});

test('a clock is trusted ten minutes after its start and after each jump, ahead or back', () => {
  const steady = openSteadyClock(clock, 10 * minute);
  for (const jump of [0, year, -year, 2 * minute]) {
    pass(5 * minute, jump);
    expect(steady.trusted()).toBeUndefined();
    pass(9 * minute);
    if (jump !== 0) expect(steady.trusted()).toBeUndefined();
    pass(2 * minute);
    expect(steady.trusted()).toBe(wall);
  }
});

test('a clock that is a year ahead for nine minutes is never trusted with that time', () => {
  const steady = openSteadyClock(clock, 10 * minute);
  const times: (number | undefined)[] = [];
  for (let minutes = 0; minutes < 60; minutes++) {
    pass(minute, minutes === 20 ? year : minutes === 29 ? -year : 0);
    times.push(steady.trusted());
  }
  expect(times.filter(Boolean).length).toBeGreaterThan(20);
  expect(Math.max(...times.map((time) => time ?? 0))).toBeLessThan(Date.UTC(2026, 0, 2));
});

test('a clock that is corrected by a second now and then stays trusted', () => {
  const steady = openSteadyClock(clock, 10 * minute);
  pass(10 * minute);
  for (let hour = 0; hour < 24; hour++) {
    pass(60 * minute, 1_000);
    expect(steady.trusted()).toBe(wall);
  }
});

let keeper: Keeper | undefined;
afterEach(() => keeper?.stop());

/** A retention of so many steps, which counts what it does. */
const counting = (steps: number, fail = false) => {
  const seen = { rounds: 0, steps: 0 };
  return {
    seen,
    name: 'Counts',
    every: 1_000,
    async *round() {
      seen.rounds++;
      for (let step = 0; step < steps; step++) {
        seen.steps++;
        yield;
      }
      if (fail) throw new Error('no disk');
    },
  };
};

const until = async (isSo: () => boolean): Promise<void> => {
  for (let time = 0; time < 200 && !isSo(); time++) await pause(10);
  expect(isSo()).toBe(true);
};

test('the worker begins when the clock is trusted, and again after each period', async () => {
  const retention = counting(3);
  keeper = startRetention({ retentions: [retention], clock, calm: 40, log: () => {} });
  await pause(100);
  expect(retention.seen.rounds).toBe(0);
  pass(40);
  await until(() => retention.seen.steps === 3);
  await until(() => {
    pass(1_000);
    return retention.seen.rounds > 1;
  });
});

test('a round that fails is logged and does not stop the others', async () => {
  const [bad, good] = [counting(1, true), counting(1)];
  const lines: string[] = [];
  keeper = startRetention({ retentions: [bad, good], clock, calm: 0, log: (line) => lines.push(line) });
  await until(() => good.seen.rounds === 1);
  expect(lines).toEqual([expect.stringMatching(/^Counts: old data could not be removed: Error: no disk/)]);
  await until(() => {
    pass(1_000);
    return bad.seen.rounds > 1 && good.seen.rounds > 1;
  });
});

test('the worker stops between two steps, also when the clock jumps', async () => {
  const endless = counting(Number.POSITIVE_INFINITY);
  keeper = startRetention({ retentions: [endless], clock, calm: 40, log: () => {} });
  pass(40);
  await until(() => endless.seen.steps > 2);
  pass(0, year);
  await pause(50);
  const { steps } = endless.seen;
  await pause(50);
  expect(endless.seen.steps).toBe(steps);
  pass(40);
  await until(() => endless.seen.steps > steps);
  await keeper.stop();
});
