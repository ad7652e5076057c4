import { styleText } from 'node:util';
import { type Ledger, type MartRuns, martRuns } from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { count } from '../output/count.ts';
import { pause, type Whereabouts } from './follow.ts';

/** The state of the KPIs of the landed files, also if no rebuild was needed. */

/** Waits until each mart shows all its batches or has failed, at most so many milliseconds, and returns the marts. */
export const untilShown = async (
  ledger: Ledger,
  marts: readonly Mart[],
  patience: number,
): Promise<MartRuns[]> => {
  for (const began = performance.now(); ; await pause()) {
    const runs = await Promise.all(marts.map((mart) => martRuns(ledger, mart)));
    if (runs.every(isSettled) || performance.now() - began > patience) return runs;
  }
};

const isSettled = ({ lease, pending, newest }: MartRuns): boolean =>
  lease.holder === undefined &&
  (pending.length === 0 || (newest?.state === 'failed' && newest.failure !== 'lost'));

/** Why the KPIs of the landed files are not published; empty if they are. */
export const missingLines = (
  { mart, datasets, pending, published }: MartRuns,
  seen: readonly Whereabouts[],
): string[] => {
  const name = styleText('bold', mart);
  const waiting = pending.filter((batch) => seen.some((one) => isOf(one, batch)));
  if (waiting.length > 0)
    return [`${name}: ${count(waiting.length, 'batch')} not in the KPIs yet: ${waiting.join(', ')}`];
  const isFed = seen.some(
    ({ file, record }) => record?.state === 'published' && datasets.includes(file.dataset),
  );
  return isFed && !published
    ? [`${name}: no rebuild is published, although rows of ${datasets.join(', ')} are`]
    : [];
};

/** The rows of an ignored file are known already, and may be in any batch. */
const isOf = ({ record }: Whereabouts, batch: string): boolean =>
  record?.state === 'ignored' || record?.batch_id === batch;
