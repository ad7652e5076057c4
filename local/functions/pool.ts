import type { Instance, Outcome } from './instance.ts';

/** The workers of one function: as many as there are invocations at once, up to a limit. */
export type Pool = {
  /** Runs an invocation on a free worker, or on the next one that gets free. */
  invoke(event: unknown, requestId?: string): Promise<Outcome>;
  /** Starts a worker ahead of the first invocation. */
  warm(): void;
  /** Waits for running invocations up to `grace` milliseconds, then ends every worker; rejects what still waits. */
  close(grace: number): Promise<void>;
};

/** The pool was closed before the invocation got its turn. */
export class PoolClosed extends Error {
  override readonly name = 'PoolClosed';
}

type Turn = { readonly take: (instance: Instance) => void; readonly refuse: (cause: Error) => void };

export type PoolOptions = {
  readonly start: () => Instance;
  readonly limit: number;
  /** Milliseconds after which a worker that has nothing to do is ended; one is always kept. */
  readonly idleFor: number;
};

/** Opens a pool without any worker. */
export const openPool = ({ start, limit, idleFor }: PoolOptions): Pool => {
  const idle: Instance[] = [];
  const instances = new Set<Instance>();
  const turns: Turn[] = [];
  const running = new Set<Promise<unknown>>();
  let isOpen = true;

  const add = (): Instance => {
    const instance = start();
    instances.add(instance);
    return instance;
  };
  const drop = (instance: Instance): void => {
    instances.delete(instance);
    instance.end();
  };
  const acquire = async (): Promise<Instance> => {
    if (!isOpen) throw new PoolClosed('The function is being stopped');
    for (let free = idle.pop(); free; free = idle.pop()) {
      if (free.isAlive) return free;
      drop(free);
    }
    if (instances.size < limit) return add();
    return new Promise((take, refuse) => turns.push({ take, refuse }));
  };
  const release = (used: Instance): void => {
    if (!used.isAlive) drop(used);
    const turn = turns.shift();
    if (turn) turn.take(used.isAlive ? used : add());
    else if (used.isAlive) idle.push(used);
  };
  const shrink = setInterval(() => {
    for (const instance of idle.splice(1)) drop(instance);
  }, idleFor).unref();

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
    warm() {
      if (instances.size === 0) idle.push(add());
    },
    async close(grace) {
      isOpen = false;
      clearInterval(shrink);
      for (const turn of turns.splice(0)) turn.refuse(new PoolClosed('The function is being stopped'));
      await Promise.race([
        Promise.all(running),
        new Promise((resolve) => setTimeout(resolve, grace).unref()),
      ]);
      await Promise.all([...instances].map((instance) => instance.end()));
    },
  };
};
