/** What time it is. Times are milliseconds. */
export type Clock = {
  /** Since 1970, as the machine's clock says; it can jump. */
  now(): number;
  /** Since some moment; it never jumps. */
  elapsed(): number;
};

/** The clock of this machine. */
export const machineClock: Clock = { now: () => Date.now(), elapsed: () => performance.now() };

/** Milliseconds by which the two times may drift apart without a jump. */
const tolerance = 60_000;

export type SteadyClock = {
  /** The time, if the clock has not jumped for long enough; else undefined. */
  trusted(): number | undefined;
};

/**
 * Watches a clock. It is trusted when it has run for `calm` milliseconds without a jump, so that a clock which is wrong for a
 * shorter time makes nothing expire.
 */
export const openSteadyClock = (clock: Clock, calm: number): SteadyClock => {
  let since = { now: clock.now(), elapsed: clock.elapsed() };
  return {
    trusted() {
      const [now, elapsed] = [clock.now(), clock.elapsed()];
      const drift = now - since.now - (elapsed - since.elapsed);
      if (Math.abs(drift) > tolerance) since = { now, elapsed };
      return elapsed - since.elapsed >= calm ? now : undefined;
    },
  };
};
