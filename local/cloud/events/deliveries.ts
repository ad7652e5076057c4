import { anyDisk, type Disk } from '../disk.ts';
import { openJournal } from '../journal.ts';

/** Work that is done at least once, even if the process dies. */
export type Deliveries<Delivery> = {
  /** Writes all of them to disk, then starts each after its delay in milliseconds. Throws if one cannot be written. */
  add(
    deliveries: readonly { readonly id: string; readonly delivery: Delivery; readonly delay: number }[],
  ): void;
  /** Waits for running deliveries; delayed ones are made after the next opening. */
  close(): Promise<void>;
};

/**
 * Opens the journal of deliveries and at once repeats those that were not acknowledged. `deliver` acknowledges when it
 * resolves. A delivery that fails because the disk is full is repeated when there is room; any other rejected one stays until the
 * next opening.
 */
export const openDeliveries = <Delivery>(
  path: string,
  deliver: (delivery: Delivery) => Promise<void>,
  disk: Disk = anyDisk,
): Deliveries<Delivery> => {
  const journal = openJournal<Delivery>(path);
  const running = new Set<Promise<void>>();
  const timers = new Set<NodeJS.Timeout>();
  const closing = new AbortController();

  const start = (id: string, delivery: Delivery): void => {
    const patience = { signal: closing.signal };
    const delivered = disk
      .untilWritten(() => deliver(delivery), patience)
      .then(() => disk.untilWritten(() => journal.remove(id), patience))
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
      const written: (typeof deliveries)[number][] = [];
      try {
        for (const one of deliveries) {
          journal.add(one.id, one.delivery);
          written.push(one);
        }
      } finally {
        // Those on disk would be made after the next opening anyway.
        for (const { id, delivery, delay } of written) {
          if (delay > 0) startAfter(delay, id, delivery);
          else start(id, delivery);
        }
      }
    },
    async close() {
      closing.abort();
      for (const timer of timers) clearTimeout(timer);
      await Promise.all(running);
      journal.close();
    },
  };
};
