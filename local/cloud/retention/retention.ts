import { setTimeout as pause } from 'node:timers/promises';
import { type Clock, machineClock, openSteadyClock } from './clock.ts';

/** Something that does not keep its data for ever. */
export type Retention = {
  readonly name: string;
  /** Milliseconds between two rounds. */
  readonly every: number;
  /**
   * Removes what is too old at `now`, in milliseconds since 1970. Each step between two `yield`s is small: requests are
   * answered between them, and the round may end after any of them.
   */
  round(now: number): AsyncGenerator<void, void, void>;
};

export type RetentionOptions = {
  readonly retentions: readonly Retention[];
  readonly clock?: Clock | undefined;
  /** Milliseconds for which the clock must run without a jump before anything is removed; default: ten minutes. */
  readonly calm?: number | undefined;
  readonly log: (line: string) => void;
};

export type Keeper = {
  /** Ends after the step that runs; a round that was not finished starts again after the next start. */
  stop(): Promise<void>;
};

const usualCalm = 10 * 60_000;
const longestTick = 15_000;
const betweenSteps = 5;

/** Starts one worker for all retentions: one step at a time, with a pause after each. A round that fails is tried again. */
export const startRetention = (options: RetentionOptions): Keeper => {
  const { retentions, clock = machineClock, calm = usualCalm, log } = options;
  const steady = openSteadyClock(clock, calm);
  const stopping = new AbortController();
  const { signal } = stopping;
  const dueAt = new Map(retentions.map((retention) => [retention, 0]));
  const tick = Math.max(10, Math.min(longestTick, calm / 4, ...retentions.map(({ every }) => every)));

  const runRound = async (retention: Retention, now: number): Promise<void> => {
    try {
      for await (const _ of retention.round(now)) {
        if (signal.aborted || steady.trusted() === undefined) return;
        await pause(betweenSteps);
      }
      dueAt.set(retention, clock.elapsed() + retention.every);
    } catch (cause) {
      dueAt.set(retention, clock.elapsed() + retention.every);
      log(
        `${retention.name}: old data could not be removed: ${cause instanceof Error ? cause.stack : cause}`,
      );
    }
  };

  const work = async (): Promise<void> => {
    while (!signal.aborted) {
      for (const retention of retentions) {
        const now = steady.trusted();
        const isDue = (dueAt.get(retention) ?? 0) <= clock.elapsed();
        if (now !== undefined && isDue && !signal.aborted) await runRound(retention, now);
      }
      await pause(tick, undefined, { signal, ref: false }).catch(() => undefined);
    }
  };

  const working = work();
  return {
    async stop() {
      stopping.abort();
      await working;
    },
  };
};
