import { correlationOf, runKey } from '../lake-keys.ts';
import type { Texts } from '../ports.ts';
import { type SpecFile, TransformSpec } from '../spec.ts';

/** Batches that are looked at; of more, the first ones are the oldest. */
const mostBatches = 20;

/** Correlation ids that are written on each log line of a rebuild. */
const mostIds = 1_000;

/** The files of the first batches, the first landed first. */
export const filesOfBatches = async (files: Texts, batches: readonly string[]): Promise<SpecFile[]> => {
  const found: SpecFile[] = [];
  for (const batch of [...batches].sort().slice(0, mostBatches)) {
    const spec = await files.readText(runKey(batch, 'transform', 'spec'));
    if (spec !== undefined) found.push(...TransformSpec.parse(JSON.parse(spec)).files);
  }
  return found.sort((a, b) => Date.parse(a.landed_at) - Date.parse(b.landed_at));
};

/** Correlation ids of the files of batches, the first landed first. */
export const correlationIdsOf = async (files: Texts, batches: readonly string[]): Promise<string[]> =>
  (await filesOfBatches(files, batches)).slice(0, mostIds).map(correlationOf);
