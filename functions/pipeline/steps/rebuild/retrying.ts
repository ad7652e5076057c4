import type { Clock, Ledger } from '../../ports.ts';
import { anyRebuild, type RebuildIn, type RebuildRecord } from '../../records/rebuild.ts';
import { isOver } from '../../records/time.ts';

/** When a failed rebuild is tried again, and when writing KPIs is given up. */

const hour = 3_600_000;

/** Number of lost rebuilds in a row that are tried again at once; then pauses that double, in milliseconds. */
const lost = { atOnce: 5, firstPause: 5_000, longestPause: 900_000 } as const;

/** How long a failed rebuild waits for new data or changed SQL before it is tried again unchanged, in milliseconds. */
const pauseAfter = ({ failure, losses = 1 }: RebuildIn<'failed'>): number => {
  if (failure !== 'lost') return hour;
  if (losses <= lost.atOnce) return 0;
  return Math.min(lost.longestPause, lost.firstPause * 2 ** (losses - lost.atOnce - 1));
};

/** Requests another rebuild after one that has ended, without any pause; undefined if its record has changed. */
export const askRetry = (
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  ended: RebuildIn<'failed' | 'published'>,
): Promise<RebuildIn<'failed' | 'published'> | undefined> =>
  ledger.rebuilds.amend<'failed' | 'published'>(ended, { retry_asked_at: clock.now() });

/** True if a failed rebuild may be tried again unchanged. */
export const isTriedAgain = (rebuild: RebuildIn<'failed'>, now: string): boolean => {
  const pause = pauseAfter(rebuild);
  return pause === 0 || isOver(rebuild.closed_at, pause, now);
};

/** How often writing KPIs may be begun without getting further; it ends sooner if another try does not help. */
const mostPublishTries = 12;
const mostPublishFailures = 3;

/** Why writing a rebuild's KPIs is given up now; undefined while it may be tried again. */
export const publishingEnd = (
  rebuild: RebuildRecord,
): Pick<RebuildIn<'failed'>, 'failure' | 'reason'> | undefined => {
  const {
    publish_tries = 0,
    publish_failures = 0,
    publish_done: { tries = 0 } = {},
    publish_reason: why = 'each try was interrupted',
  } = anyRebuild(rebuild);
  const reason = `its KPIs could not be written in ${publish_tries} tries: ${why}`;
  if (publish_failures >= mostPublishFailures) return { failure: 'kpis', reason };
  return publish_tries - tries >= mostPublishTries ? { failure: 'lost', reason } : undefined;
};
