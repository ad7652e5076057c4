import { openJournal } from '../journal.ts';

/** Work that is done at least once, even if the process dies. */
export type Deliveries<Delivery> = {
  /** Writes all of them to disk, then starts each after its delay in milliseconds. */
  add(
    deliveries: readonly { readonly id: string; readonly delivery: Delivery; readonly delay: number }[],
  ): void;
  /** Waits for running deliveries; delayed ones are made after the next opening. */
  close(): Promise<void>;
};

/**
 * Opens the journal of deliveries and at once repeats those that were not acknowledged. `deliver` acknowledges when it
 * resolves; a rejected delivery stays until the next opening.
 */
export const openDeliveries = <Delivery>(
  path: string,
  deliver: (delivery: Delivery) => Promise<void>,
): Deliveries<Delivery> => {
  const journal = openJournal<Delivery>(path);
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();

  const start = (id: string, delivery: Delivery): void => {
    const delivered = deliver(delivery)
      .then(() => journal.remove(id))
      .catch(() => {})
      .finally(() => running.delete(delivered));
    running.add(delivered);
  };
  const startAfter = (delay: number, id: string, delivery: Delivery): void => {
    const timer = setTimeout(() => {
      timers.delete(timer);
      start(id, delivery);
    }, delay);
    timers.add(timer);
  };

  for (const [id, delivery] of [...journal.entries]) start(id, delivery);
  return {
    add(deliveries) {
      for (const { id, delivery } of deliveries) journal.add(id, delivery);
      for (const { id, delivery, delay } of deliveries) {
        if (delay > 0) startAfter(delay, id, delivery);
        else start(id, delivery);
      }
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
      journal.close();
    },
  };
};
