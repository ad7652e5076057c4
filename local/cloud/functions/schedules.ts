import { randomUUID } from 'node:crypto';
import type { DeployedFunction, Schedule } from '../template/deployment.ts';
import type { Functions } from './functions.ts';

export type SchedulesOptions = {
  readonly functions: readonly DeployedFunction[];
  readonly account: string;
  readonly region: string;
  readonly invoke: Functions['invokeAsync'];
  /** Milliseconds between two runs, instead of what each `rate(…)` says. */
  readonly every?: number | undefined;
};

export type Schedules = {
  /** Wakes every function that has a rate, now. */
  fire(): void;
  stop(): void;
};

/** Starts the rates of all functions; `cron(…)` runs only on AWS. A run is skipped if the previous one has not ended. */
export const startSchedules = ({
  functions,
  account,
  region,
  invoke,
  every,
}: SchedulesOptions): Schedules => {
  const timers: NodeJS.Timeout[] = [];
  const rates = functions.flatMap(({ name, schedules }) =>
    schedules.flatMap((schedule) =>
      schedule.every ? [{ name, schedule, every: every ?? schedule.every }] : [],
    ),
  );
  const wakers = rates.map(({ name, schedule, every: period }) => {
    const wake = skipWhileBusy(
      () => invoke(name, schedule.input ?? scheduledEvent(schedule, account, region)).done,
    );
    timers.push(setInterval(wake, period));
    return wake;
  });
  return {
    fire: () => {
      for (const wake of wakers) wake();
    },
    stop: () => timers.forEach(clearInterval),
  };
};

const skipWhileBusy = (work: () => Promise<void>): (() => void) => {
  let isBusy = false;
  return () => {
    if (isBusy) return;
    isBusy = true;
    work().finally(() => {
      isBusy = false;
    });
  };
};

const scheduledEvent = ({ name }: Schedule, account: string, region: string) => ({
  version: '0',
  id: randomUUID(),
  'detail-type': 'Scheduled Event',
  source: 'aws.events',
  account,
  time: `${new Date().toISOString().slice(0, 19)}Z`,
  region,
  resources: [`arn:aws:events:${region}:${account}:rule/${name}`],
  detail: {},
});
