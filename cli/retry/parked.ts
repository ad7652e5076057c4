import { basename } from 'node:path';
import { type AnyFile, lookAgain, retryParked } from '../../functions/pipeline/index.ts';
import { tellOfLanded } from '../land/run.ts';
import { answer } from '../output/answer.ts';
import { datasetsNamed } from '../target/known-datasets.ts';
import type { LandedFile } from '../target/landing.ts';
import { onTarget, type TargetFlags } from '../target/target.ts';

/**
 * Tries the parked files of a dataset again under the manifests in force, and shows what became of each; exit code 1 if rows of
 * one are not published.
 */
export const retry = async (dataset: string, flags: TargetFlags): Promise<void> =>
  onTarget(flags, async (target) => {
    await datasetsNamed(target.ledger, dataset);
    await target.putInForce();
    const retried = await retryParked(target.ledger, dataset);
    const [first] = retried;
    if (!first) return answer(flags, { files: [] }, [`No file of ${dataset} is parked.`]);
    await target.functions.invoke('run-transform', lookAgain('dataset', first.dataset));
    await tellOfLanded(target, retried.map(landed), { ...flags, wait: true });
  });

const landed = ({ key, version, dataset }: AnyFile): LandedFile => ({
  ...{ path: key, name: basename(key) },
  ...{ key, version, dataset },
});
