import { rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type StateNotWritable, stateNotWritable } from '../state/index.ts';

/** What is known of the disk that holds the state. */
export type Disk = {
  /** Failures so far: if the number has grown during some work, the disk may be why it failed. */
  readonly failures: number;
  /** Epoch milliseconds since which writes fail; undefined as long as they succeed. */
  readonly fullSince: number | undefined;
  /** The failure to write the state that an error comes from, which is then counted; undefined for any other error. */
  notice(error: unknown): StateNotWritable | undefined;
  /** Resolves when the state can be written, as far as is known; rejects if the signal is aborted or the cloud stops before. */
  writable(signal?: AbortSignal): Promise<void>;
  /**
   * Does work again and again, with growing pauses, as long as the disk makes it fail. Rejects with any other error, and with
   * the last one if the cloud stops or the signal is aborted.
   */
  untilWritten<Answer>(work: () => Answer | Promise<Answer>, patience?: Patience): Promise<Answer>;
  /** Ends all waiting: whoever waits for room leaves its work for the next start. */
  close(): void;
  readonly isClosed: boolean;
};

export type Patience = {
  readonly signal?: AbortSignal | undefined;
  /** Longest pause in milliseconds; default: 5,000. */
  readonly longestPause?: number;
};

export type DiskOptions = {
  readonly state: string;
  /** Receives a line when writes begin to fail, at most one a minute as long as they do, and one when they succeed again. */
  readonly log: (line: string) => void;
  /** Milliseconds between two looks at a full disk; default: 500. */
  readonly every?: number;
  /** Writes something of the usual size; default: a file in the state folder. */
  readonly probe?: () => void;
};

const probeBytes = Buffer.alloc(256 * 1024);
const tellEvery = 60_000;
const firstPause = 100;

/** Watches the disk of a state: whoever fails to write tells it, and from then on it looks until there is room again. */
export const openDisk = (options: DiskOptions): Disk => {
  const { state, log, every = 500, probe = () => probeIn(state) } = options;
  const closing = new AbortController();
  let failures = 0;
  let fullSince: number | undefined;
  let toldAt = Number.NEGATIVE_INFINITY;
  /** Whether the last line said that the disk is full. A disk with room for the probe only is full again at once. */
  let isTold = false;
  let room: Promise<void> = Promise.resolve();

  const watch = async (): Promise<void> => {
    do await wait(every, undefined, { signal: closing.signal, ref: false });
    while (!succeeds(probe));
    const seconds = Math.round((Date.now() - (fullSince ?? Date.now())) / 1_000);
    fullSince = undefined;
    if (isTold) log(`${state} can be written again, after ${seconds} s`);
    isTold = false;
  };
  const notice: Disk['notice'] = (error) => {
    const failure = stateNotWritable(state, error);
    if (!failure) return undefined;
    failures += 1;
    if (fullSince === undefined && !closing.signal.aborted) {
      fullSince = Date.now();
      room = watch();
      room.catch(() => undefined);
    }
    if (performance.now() - toldAt < tellEvery) return failure;
    toldAt = performance.now();
    isTold = true;
    log(
      `${failure.message}; requests that write get an error until there is room, and then everything continues by itself`,
    );
    return failure;
  };
  const writable: Disk['writable'] = async (signal) => {
    if (!signal) return room;
    signal.throwIfAborted();
    await new Promise<void>((resolve, reject) => {
      const stop = () => reject(signal.reason);
      signal.addEventListener('abort', stop, { once: true });
      room.then(resolve, reject).finally(() => signal.removeEventListener('abort', stop));
    });
  };
  return {
    get failures() {
      return failures;
    },
    get fullSince() {
      return fullSince;
    },
    notice,
    writable,
    async untilWritten(work, { signal, longestPause = 5_000 } = {}) {
      let pause = firstPause;
      for (;;) {
        try {
          return await work();
        } catch (error) {
          if (!notice(error)) throw error;
          const ends = AbortSignal.any([closing.signal, ...(signal ? [signal] : [])]);
          try {
            await writable(ends);
            await wait(pause, undefined, { signal: ends });
          } catch {
            throw error;
          }
          pause = Math.min(2 * pause, longestPause);
        }
      }
    },
    close: () => closing.abort(),
    get isClosed() {
      return closing.signal.aborted;
    },
  };
};

const probeIn = (state: string): void => {
  const path = join(state, `room.${process.pid}`);
  try {
    writeFileSync(path, probeBytes);
  } finally {
    rmSync(path, { force: true });
  }
};

const succeeds = (work: () => void): boolean => {
  try {
    work();
    return true;
  } catch {
    return false;
  }
};

/** A disk that is never full: parts that are opened alone report to nobody. */
export const anyDisk: Disk = {
  failures: 0,
  fullSince: undefined,
  notice: () => undefined,
  writable: async () => {},
  untilWritten: async (work) => work(),
  close: () => {},
  isClosed: false,
};
