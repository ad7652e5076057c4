/** True for answers that another try may change. */
export const isRetried = (status: number): boolean => status === 408 || status === 429 || status >= 500;

const [shortest, longestBackoff] = [500, 60_000];

export type Retry = {
  /** The try that failed, from 1. */
  readonly attempt: number;
  /** The header `Retry-After`: seconds or a date. */
  readonly retryAfter?: string | undefined;
  /** ISO 8601. */
  readonly now: string;
  /** The longest wait that `retryAfter` can ask for, in seconds. */
  readonly longest: number;
  /** From 0 to 1. */
  readonly random: number;
};

/**
 * Milliseconds to the next try: between half of and the whole of a time that doubles with each try; longer if the source asks for
 * it, up to a limit. A time in the past asks for nothing.
 */
export const retryWait = ({ attempt, retryAfter, now, longest, random }: Retry): number => {
  const backoff = Math.min(shortest * 2 ** attempt, longestBackoff);
  const asked = Math.min(askedWait(retryAfter?.trim() ?? '', now), longest * 1000);
  return Math.round(Math.max(backoff * (0.5 + random / 2), asked));
};

const askedWait = (retryAfter: string, now: string): number => {
  if (/^[0-9]+$/.test(retryAfter)) return Number(retryAfter) * 1000;
  const until = Date.parse(retryAfter) - Date.parse(now);
  return Number.isNaN(until) ? 0 : Math.max(until, 0);
};
