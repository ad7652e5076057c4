import { randomUUID } from 'node:crypto';
import { setTimeout as wait } from 'node:timers/promises';
import type { Disk } from '../disk.ts';
import { openJournal } from '../journal.ts';
import type { Outcome } from './instance.ts';

/** An asynchronous invocation, stored until it is done. */
export type Invocation = {
  readonly functionName: string;
  readonly payload: unknown;
};

export type InvocationsOptions = {
  /** Journal of accepted invocations that are not done. */
  readonly path: string;
  readonly run: (invocation: Invocation, requestId: string) => Promise<Outcome>;
  readonly retriesOf: (functionName: string) => number;
  /** Stores an invocation after its last try. */
  readonly giveUp: (invocation: Invocation, outcome: Outcome, tries: number) => Promise<void>;
  /** Milliseconds before the first retry; each later one waits twice as long. */
  readonly retryDelay: number;
  readonly disk: Disk;
};

/** Milliseconds; retries that do not count may be many. */
const longestDelay = 30_000;

/** Lambda's queue of asynchronous invocations. */
export type Invocations = {
  /** Accepts an invocation: it is on disk when this returns. Resolves when it is done or was given up. */
  add(invocation: Invocation): { readonly requestId: string; readonly done: Promise<void> };
  /** Starts to run invocations of an earlier process and those added so far. */
  start(): void;
  /** Accepts no more; unfinished invocations stay for the next opening. */
  stop(): void;
  /** Closes the journal, after all running invocations have ended. */
  close(): void;
};

/**
 * Opens the queue, which runs nothing before `start`. Every invocation is tried once, then as often as its function says, with
 * growing delays; it is done when a try succeeded or it was given up. A try that fails while the disk is full does not count, and
 * the next one waits for room.
 */
export const openInvocations = (options: InvocationsOptions): Invocations => {
  const { disk } = options;
  const journal = openJournal<Invocation>(options.path);
  const held: (() => void)[] = [];
  const stopping = new AbortController();
  let isStarted = false;

  const process = async (requestId: string, invocation: Invocation): Promise<void> => {
    const tries = 1 + options.retriesOf(invocation.functionName);
    let delay = options.retryDelay;
    for (let number = 1; ; ) {
      const failures = disk.failures;
      const outcome = await options.run(invocation, requestId);
      // Its own temporary files may have found no room.
      if (!outcome.ok) disk.notice(new Error(outcome.error.errorMessage));
      if (stopping.signal.aborted && !outcome.ok) return;
      const isCounted = outcome.ok || disk.failures === failures;
      if (isCounted && (outcome.ok || number === tries))
        return finish(requestId, invocation, outcome, number);
      await disk.writable(stopping.signal);
      await wait(delay, undefined, { signal: stopping.signal });
      delay = Math.min(2 * delay, Math.max(longestDelay, options.retryDelay));
      if (isCounted) number += 1;
    }
  };
  const finish = (
    requestId: string,
    invocation: Invocation,
    outcome: Outcome,
    tries: number,
  ): Promise<void> =>
    disk.untilWritten(
      async () => {
        if (!outcome.ok) await options.giveUp(invocation, outcome, tries);
        journal.remove(requestId);
      },
      { signal: stopping.signal },
    );
  /** An invocation that ends with an error is not done: it stays in the journal. */
  const begin = (requestId: string, invocation: Invocation): Promise<void> =>
    process(requestId, invocation).catch(() => {});
  const hold = (): Promise<void> =>
    new Promise((resolve) => {
      held.push(resolve);
    });

  for (const [requestId, invocation] of [...journal.entries]) hold().then(() => begin(requestId, invocation));
  return {
    add(invocation) {
      const requestId = randomUUID();
      journal.add(requestId, invocation);
      const done = isStarted ? begin(requestId, invocation) : hold().then(() => begin(requestId, invocation));
      return { requestId, done };
    },
    start() {
      isStarted = true;
      for (const go of held.splice(0)) go();
    },
    stop: () => stopping.abort(),
    close: () => journal.close(),
  };
};
