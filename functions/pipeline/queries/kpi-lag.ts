import type { Clock, Texts } from '../ports.ts';
import { filesOfBatches } from './files-of-batches.ts';

/**
 * Seconds since the oldest file of the batches landed; undefined if they hold no new file, because reprocessed files landed long
 * ago.
 */
export const lagOf = async (
  { files, clock }: { readonly files: Texts; readonly clock: Clock },
  batches: readonly string[],
): Promise<number | undefined> => {
  const oldest = (await filesOfBatches(files, batches)).find(({ reprocessed }) => !reprocessed);
  if (!oldest) return undefined;
  return Math.max(0, Math.round((Date.parse(clock.now()) - Date.parse(oldest.landed_at)) / 1000));
};
