import { setTimeout as pause } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { ObjectIndex } from './object-index.ts';
import type { ObjectEvent } from './records.ts';

const atOnce = 16;
const longestDelay = 5_000;
const patience = 2_000;

export type Announcer = ReturnType<typeof openAnnouncer>;

/** Passes each event on until the listener has accepted it; until then `index.events` stores it. */
export const openAnnouncer = (index: ObjectIndex, onObject: (event: ObjectEvent) => Promise<void> | void) => {
  const limit = pLimit(atOnce);
  const waiting = new Set<NodeJS.Timeout>();
  const underway = new Set<Promise<void>>();
  let isClosed = false;

  const later = (event: ObjectEvent, delay: number): void => {
    const timer = setTimeout(() => {
      waiting.delete(timer);
      announce(event, Math.min(delay * 2, longestDelay));
    }, delay);
    waiting.add(timer);
  };

  const handOver = async (event: ObjectEvent, delay: number): Promise<void> => {
    if (isClosed) return;
    try {
      await onObject(event);
      await index.write([index.events.remove(event)]);
    } catch {
      if (!isClosed) later(event, delay);
    }
  };

  const announce = (event: ObjectEvent, delay = 100): void => {
    const run = limit(() => handOver(event, delay));
    underway.add(run);
    void run.finally(() => underway.delete(run));
  };

  return {
    announce,
    /** Passes on the events that an earlier process left. */
    async recover(): Promise<void> {
      for (const event of await index.events.all()) announce(event);
    },
    /**
     * Waits at most two seconds for pending answers of the listener; events that it has not accepted stay for the next start.
     */
    async close(): Promise<void> {
      isClosed = true;
      for (const timer of waiting) clearTimeout(timer);
      const enough = new AbortController();
      const tired = pause(patience, undefined, { signal: enough.signal }).catch(() => undefined);
      await Promise.race([Promise.allSettled(underway), tired]);
      enough.abort();
    },
  };
};
