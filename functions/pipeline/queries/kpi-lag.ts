import { runKey } from '../lake-keys.ts';
import type { Clock, Texts } from '../ports.ts';
import { TransformSpec } from '../spec.ts';

/** Batches that are looked at; of more, the first ones are the oldest. */
const mostBatches = 20;

/**
 * Seconds since the oldest file of the batches landed; undefined if they hold no new file, because reprocessed files landed long
 * ago.
 */
export const lagOf = async (
  { files, clock }: { readonly files: Texts; readonly clock: Clock },
  batches: readonly string[],
): Promise<number | undefined> => {
  const landed: number[] = [];
  for (const batch of [...batches].sort().slice(0, mostBatches)) {
    const spec = await files.readText(runKey(batch, 'transform', 'spec'));
    const read = spec === undefined ? undefined : TransformSpec.parse(JSON.parse(spec));
    for (const file of read?.files ?? []) if (!file.reprocessed) landed.push(Date.parse(file.landed_at));
  }
  if (landed.length === 0) return undefined;
  return Math.max(0, Math.round((Date.parse(clock.now()) - Math.min(...landed)) / 1000));
};
