import type { Dice } from './dice.ts';
import type { Weather } from './weather.ts';

/** Runs use cases side by side, one port call at a time, in an order that chance decides. */

/** A process that ended where nobody planned it. */
export class Crash extends Error {}

/** One invocation, as long as it lives. */
export type Process = { hasEnded: boolean };

type Step = { readonly isAsleep: boolean; readonly go: () => void };

export type Scheduler = ReturnType<typeof newScheduler>;

export const newScheduler = (luck: Dice, weather: Weather) => {
  const steps: Step[] = [];
  let alive = 0;
  let isCalm = false;
  const calls: string[] = [];

  const crash = (call: number, moment: 'before' | 'after', name: string, process: Process): void => {
    const isBadLuck = !isCalm && luck.chance(moment === 'before' ? weather.crashBefore : weather.crashAfter);
    const isPlanned = weather.crashAt?.call === call && weather.crashAt.moment === moment;
    if (!isBadLuck && !isPlanned) return;
    process.hasEnded = true;
    throw new Crash(`${moment} ${name}`);
  };

  const gate = (): Promise<void> =>
    new Promise((go) => steps.push({ isAsleep: !isCalm && luck.chance(weather.sleepy), go }));

  /**
   * A port whose every call waits for its turn, and may be the last thing its process does, before or after its effect: a
   * process that ended does nothing more, whatever it would do about an error.
   */
  const guard = <P extends object>(port: P, process: Process): P =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          const call = async (): Promise<unknown> => {
            if (process.hasEnded) throw new Crash(`${String(name)} after its end`);
            await gate();
            const number = calls.push(String(name));
            crash(number, 'before', String(name), process);
            const answer: unknown = await Reflect.apply(method, target, args);
            crash(number, 'after', String(name), process);
            return answer;
          };
          return name === 'landed' ? paged(call()) : call();
        };
      },
    });

  const spawn = (run: () => Promise<void>): void => {
    alive++;
    run().finally(() => alive--);
  };

  /** Lets one waiting call go on that is not asleep; false when there is none. */
  const step = async (): Promise<boolean> => {
    const awake = steps.filter(({ isAsleep }) => !isAsleep);
    if (awake.length === 0) return false;
    await letGo(luck.pick(awake));
    return true;
  };

  /** Wakes one call that is asleep; false when there is none. */
  const wake = async (): Promise<boolean> => {
    const asleep = steps.filter(({ isAsleep }) => isAsleep);
    if (asleep.length === 0) return false;
    await letGo(luck.pick(asleep));
    return true;
  };

  const letGo = async (chosen: Step): Promise<void> => {
    steps.splice(steps.indexOf(chosen), 1);
    chosen.go();
    await settled();
  };

  return {
    guard,
    spawn,
    step,
    wake,
    calm: (isNow: boolean) => {
      isCalm = isNow;
    },
    waiting: () => steps.length,
    calls: () => calls,
    alive: () => alive,
  };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* paged(pages: Promise<unknown>): AsyncGenerator<unknown> {
  yield* (await pages) as AsyncIterable<unknown>;
}
