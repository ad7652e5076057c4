import type { Instance, Outcome } from './instance.ts';

/** The workers of one function: one per concurrent invocation, up to a limit. */
export type Pool = {
  /** Runs an invocation on a free worker, or on the next one that becomes free. */
  invoke(event: unknown, requestId?: string): Promise<Outcome>;
  /** There is no worker, not even a busy one. */
  readonly isCold: boolean;
  /** Starts a worker before an invocation needs it, if there is none. */
  warm(): void;
  /** From now on uses new workers: idle ones stop at once, busy ones after their invocation. */
  renew(): void;
  /** Waits at most `grace` milliseconds for running invocations, then stops every worker; waiting invocations are rejected. */
  close(grace: number): Promise<void>;
};

/** The pool was closed before the invocation could run. */
export class PoolClosed extends Error {
  override readonly name = 'PoolClosed';
}

type Idle = { readonly instance: Instance; readonly timer: NodeJS.Timeout };
type Turn = { readonly take: (instance: Instance) => void; readonly reject: (cause: Error) => void };

export type PoolOptions = {
  readonly start: () => Instance;
  readonly limit: number;
  /** Milliseconds after which an idle worker is stopped. */
  readonly idleFor: number;
};

/** Opens a pool without any worker. */
export const openPool = ({ start, limit, idleFor }: PoolOptions): Pool => {
  const idle: Idle[] = [];
  const instances = new Set<Instance>();
  const turns: Turn[] = [];
  const running = new Set<Promise<unknown>>();
  const outdated = new Set<Instance>();
  let isOpen = true;

  const add = (): Instance => {
    const instance = start();
    instances.add(instance);
    return instance;
  };
  const drop = (instance: Instance): void => {
    instances.delete(instance);
    outdated.delete(instance);
    instance.end();
  };
  const acquire = async (): Promise<Instance> => {
    if (!isOpen) throw new PoolClosed('The function is being stopped');
    for (let free = idle.pop(); free; free = idle.pop()) {
      clearTimeout(free.timer);
      if (free.instance.isAlive) return free.instance;
      drop(free.instance);
    }
    if (instances.size < limit) return add();
    return new Promise((take, reject) => turns.push({ take, reject }));
  };
  const rest = (instance: Instance): void => {
    const leave = () => {
      idle.splice(idle.indexOf(resting), 1);
      drop(instance);
    };
    const resting: Idle = { instance, timer: setTimeout(leave, idleFor).unref() };
    idle.push(resting);
  };
  const release = (used: Instance): void => {
    const isFit = used.isAlive && !outdated.has(used);
    if (!isFit) drop(used);
    const turn = turns.shift();
    if (turn) turn.take(isFit ? used : add());
    else if (isFit) rest(used);
  };

  const run = async (event: unknown, requestId?: string): Promise<Outcome> => {
    const instance = await acquire();
    try {
      return await instance.invoke(event, requestId);
    } finally {
      release(instance);
    }
  };
  return {
    invoke(event, requestId) {
      const outcome = run(event, requestId);
      const tracked = outcome.catch(() => {}).finally(() => running.delete(tracked));
      running.add(tracked);
      return outcome;
    },
    get isCold() {
      return instances.size === 0;
    },
    warm() {
      if (isOpen && instances.size === 0) rest(add());
    },
    renew() {
      for (const { instance, timer } of idle.splice(0)) {
        clearTimeout(timer);
        drop(instance);
      }
      for (const instance of instances) outdated.add(instance);
    },
    async close(grace) {
      isOpen = false;
      for (const { timer } of idle) clearTimeout(timer);
      for (const turn of turns.splice(0)) turn.reject(new PoolClosed('The function is being stopped'));
      await Promise.race([
        Promise.all(running),
        new Promise((resolve) => setTimeout(resolve, grace).unref()),
      ]);
      await Promise.all([...instances].map((instance) => instance.end()));
    },
  };
};
