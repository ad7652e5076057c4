/** How long an intent counts as being carried out, in milliseconds: longer than any single call may take. */
export const patience = 30_000;

/**
 * True when a moment is further away than so many milliseconds, or was never. One that lies so far ahead is over, too: a
 * clock was wrong, and nothing waits until it is right. So whatever rests on this alone must do no harm when it is early.
 */
export const isOver = (moment: string | undefined, milliseconds: number, now: string): boolean =>
  moment === undefined || Math.abs(Date.parse(now) - Date.parse(moment)) > milliseconds;
