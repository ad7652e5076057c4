/** How long an intent is believed to be in progress, in milliseconds: longer than any single call. */
export const patience = 30_000;

/**
 * True if a moment is more than so many milliseconds away, or there is none. A moment that far in the future counts, too: a
 * clock was wrong, and nothing should wait for it. So code that depends only on this must do no harm if it runs too early.
 */
export const isOver = (moment: string | undefined, milliseconds: number, now: string): boolean =>
  moment === undefined || Math.abs(Date.parse(now) - Date.parse(moment)) > milliseconds;
