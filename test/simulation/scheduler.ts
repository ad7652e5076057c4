import type { Dice } from './dice.ts';

/** Runs use cases side by side, one port call at a time, in an order that chance decides. */

/** A process that ended where nobody planned it. */
export class Crash extends Error {}

type Step = { readonly isAsleep: boolean; readonly go: () => void };

export type Scheduler = ReturnType<typeof newScheduler>;

export const newScheduler = (
  luck: Dice,
  weather: { crashBefore: number; crashAfter: number; sleepy: number },
) => {
  const steps: Step[] = [];
  let alive = 0;
  let isCalm = false;

  const gate = (): Promise<void> =>
    new Promise((go) => steps.push({ isAsleep: luck.chance(weather.sleepy), go }));

  /** A port whose every call waits for its turn, and may be the last thing its process does, before or after its effect. */
  const guard = <P extends object>(port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          const call = async (): Promise<unknown> => {
            await gate();
            if (!isCalm && luck.chance(weather.crashBefore)) throw new Crash(`before ${String(name)}`);
            const answer: unknown = await Reflect.apply(method, target, args);
            if (!isCalm && luck.chance(weather.crashAfter)) throw new Crash(`after ${String(name)}`);
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

  /** Lets one waiting call go on; one that is asleep goes on seldom. False when none waits. */
  const step = async (): Promise<boolean> => {
    const awake = steps.filter(({ isAsleep }) => isCalm || !isAsleep || luck.chance(0.004));
    const chosen = awake.length > 0 ? luck.pick(awake) : undefined;
    if (!chosen) return steps.length > 0;
    steps.splice(steps.indexOf(chosen), 1);
    chosen.go();
    await settled();
    return true;
  };

  return {
    guard,
    spawn,
    step,
    calm: () => {
      isCalm = true;
    },
    waiting: () => steps.length,
    alive: () => alive,
  };
};

const settled = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

async function* paged(pages: Promise<unknown>): AsyncGenerator<unknown> {
  yield* (await pages) as AsyncIterable<unknown>;
}
