/** The order of stopping: first who waits for room on the disk, then the parts that create work, then those that do it, then those that store it. */
const order = [
  'disk',
  'schedules',
  'retention',
  'workers',
  'warehouse',
  'jobs',
  'gateway',
  'streams',
  'files',
  'events',
  'functions',
  'engine',
  'tables',
  'queues',
  'stores',
  'state',
  'last resort',
  'log',
] as const;

export type Part = (typeof order)[number];

/** Stops the parts of the cloud, each once, in an order in which no part needs a stopped one. */
export class Closers {
  readonly #closers = new Map<Part, () => unknown>();

  add(part: Part, close: () => unknown): void {
    this.#closers.set(part, close);
  }

  /** Rejects with the first error, after all parts were stopped: a part that is left would keep the process running. */
  async closeAll(): Promise<void> {
    const errors: unknown[] = [];
    for (const part of order) {
      const close = this.#closers.get(part);
      this.#closers.delete(part);
      try {
        await close?.();
      } catch (error) {
        errors.push(error);
      }
    }
    if (errors.length > 0) throw errors[0];
  }
}
