/** Who is ended first: those that make work, then those that do it, then those that keep it. */
const order = [
  'schedules',
  'workers',
  'warehouse',
  'jobs',
  'gateway',
  'files',
  'events',
  'functions',
  'engine',
  'tables',
  'queues',
  'state',
  'log',
] as const;

export type Part = (typeof order)[number];

/** Ends the parts of the cloud, each once, in an order in which none misses another. */
export class Closers {
  readonly #closers = new Map<Part, () => unknown>();

  add(part: Part, close: () => unknown): void {
    this.#closers.set(part, close);
  }

  async closeAll(): Promise<void> {
    for (const part of order) {
      const close = this.#closers.get(part);
      this.#closers.delete(part);
      await close?.();
    }
  }
}
