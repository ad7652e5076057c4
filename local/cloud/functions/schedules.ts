import { randomUUID } from 'node:crypto';
import { type Cron, nextTime } from '../template/cron.ts';
import type { DeployedFunction, Schedule } from '../template/deployment.ts';
import { timingOf } from '../template/schedule-expression.ts';
import type { Functions } from './functions.ts';

export type SchedulesOptions = {
  readonly functions: readonly DeployedFunction[];
  readonly account: string;
  readonly region: string;
  readonly invoke: Functions['invokeAsync'];
  /** Milliseconds between two runs, instead of what each `rate(…)` says. */
  readonly every?: number | undefined;
};

/** The shortest period of a rate, and the last time at which one of its runs ended, or the start. */
export type Pulse = { readonly every: number; readonly last: number };

export type Schedules = {
  /** Of the rates; undefined if there is none. */
  pulse(): Pulse | undefined;
  /** Wakes every function that has a rate, now. */
  fire(): void;
  stop(): void;
};

/**
 * Starts the rates and crons of all functions. A run is skipped if the previous one of the schedule has not ended. A cron whose
 * time passed while the cloud was down is not made up for.
 */
export const startSchedules = ({
  functions,
  account,
  region,
  invoke,
  every,
}: SchedulesOptions): Schedules => {
  const stops: (() => void)[] = [];
  const rates: (() => void)[] = [];
  const periods: number[] = [];
  let last = Date.now();
  for (const { name, schedules } of functions)
    for (const schedule of schedules) {
      const timing = timingOf(schedule.expression);
      const wake = skipWhileBusy(async (at) => {
        await invoke(name, schedule.input ?? scheduledEvent(schedule, at, account, region)).done;
        if (!('cron' in timing)) last = Date.now();
      });
      if ('cron' in timing) stops.push(repeatAt(timing.cron, wake));
      else {
        const fire = () => wake(Date.now());
        const period = every ?? timing.every;
        rates.push(fire);
        periods.push(period);
        stops.push(repeatEvery(period, fire));
      }
    }
  return {
    pulse: () => (periods.length === 0 ? undefined : { every: Math.min(...periods), last }),
    fire: () => {
      for (const fire of rates) fire();
    },
    stop: () => {
      for (const stop of stops) stop();
    },
  };
};

/** Node's timers run at once when they shall wait longer. */
const longestTimer = 2 ** 31 - 1;

/** Calls again and again after a period, until it is stopped. */
const repeatEvery = (period: number, call: () => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  const wait = (left: number): void => {
    const step = Math.min(left, longestTimer);
    timer = setTimeout(() => {
      if (step === left) call();
      wait(step === left ? period : left - step);
    }, step);
  };
  wait(period);
  return () => clearTimeout(timer);
};

/** Time until the clock is read again: timers stand still while the machine sleeps, and hold less than 25 days. */
const longestWait = 60_000;

/**
 * Calls at each time of a cron, with that time, until it is stopped. A clock that was set back does not delay the next time,
 * and no time is called twice in a row.
 */
const repeatAt = (cron: Cron, call: (at: number) => void): (() => void) => {
  let timer: NodeJS.Timeout | undefined;
  let called: number | undefined;
  const waitFor = (at: number | undefined): void => {
    const now = Date.now();
    const next = nextTime(cron, now);
    if (at !== undefined && at <= now) {
      call(at);
      called = at;
      waitFor(next);
      return;
    }
    const sooner = next !== called ? next : nextTime(cron, next ?? now);
    if (sooner === undefined) return;
    timer = setTimeout(() => waitFor(sooner), Math.min(sooner - now, longestWait));
  };
  waitFor(nextTime(cron, Date.now()));
  return () => clearTimeout(timer);
};

/** Work that cannot be accepted now, such as on a full disk, is left to the next time. */
const skipWhileBusy = (work: (at: number) => Promise<void>): ((at: number) => void) => {
  let isBusy = false;
  return (at) => {
    if (isBusy) return;
    isBusy = true;
    work(at)
      .catch(() => undefined)
      .finally(() => {
        isBusy = false;
      });
  };
};

const scheduledEvent = ({ name }: Schedule, at: number, account: string, region: string) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: `${new Date(at).toISOString().slice(0, 19)}Z`,
  region,
  resources: [`arn:aws:events:${region}:${account}:rule/${name}`],
  detail: {},
});
