import type { Dice } from './dice.ts';

/** Runs use cases side by side, one port call at a time, in an order that chance decides. */

/** A process that ended where nobody planned it. */
export class Crash extends Error {}

type Task = { readonly isSleepy: boolean };
type Step = { readonly task: Task; readonly go: () => void };

export type Scheduler = ReturnType<typeof newScheduler>;

export const newScheduler = (luck: Dice, crashes: { before: number; after: number }) => {
  const steps: Step[] = [];
  let alive = 0;
  let isCalm = false;

  const gate = (task: Task): Promise<void> => new Promise((go) => steps.push({ task, go }));

  /** A port whose every call waits for its turn, and may be the last thing its process does, before or after its effect. */
  const guard = <P extends object>(task: Task, port: P): P =>
    new Proxy(port, {
      get: (target, name) => {
        const method = Reflect.get(target, name);
        if (typeof method !== 'function') return method;
        return (...args: unknown[]) => {
          const call = async (): Promise<unknown> => {
            await gate(task);
            if (!isCalm && luck.chance(crashes.before)) throw new Crash(`before ${String(name)}`);
            const answer: unknown = await Reflect.apply(method, target, args);
            if (!isCalm && luck.chance(crashes.after)) throw new Crash(`after ${String(name)}`);
            return answer;
          };
          return name === 'landed' ? paged(call()) : call();
        };
      },
    });

  const spawn = (run: (task: Task) => Promise<void>): void => {
    alive++;
    run({ isSleepy: luck.chance(0.1) }).finally(() => alive--);
  };

  /** Lets one waiting call go on; sleepy tasks go on seldom. False when none waits. */
  const step = async (): Promise<boolean> => {
    const awake = steps.filter(({ task }) => isCalm || !task.isSleepy || luck.chance(0.02));
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
