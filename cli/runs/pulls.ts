import { styleText } from 'node:util';
import type { PullRecord } from '../../functions/pipeline/index.ts';
import { answer, inParts } from '../output/answer.ts';
import { pullDocument, pullLines } from '../output/pull-lines.ts';
import type { Target, TargetFlags } from '../target/target.ts';

/** A pull that ends only if a person does something. */
const isOpenPull = (pull: PullRecord): boolean =>
  pull.state === 'parked' || (pull.state === 'failed' && pull.retry_at === undefined);

/** Pulls of the sources, those of one source by their windows, the newest first. */
const pullsOf = async (target: Target, sources: readonly string[]): Promise<PullRecord[]> => {
  const pulls = await Promise.all(sources.map((source) => target.ledger.pulls.of(source)));
  return pulls.flatMap((one) => [...one].reverse());
};

/** Datasets among these that are pulled from a source. */
const sourcesAmong = async (target: Target, datasets: readonly string[]): Promise<string[]> => {
  const catalog = await target.catalog();
  return Object.entries(catalog.datasets)
    .filter(
      ([name, { source }]) => source !== undefined && (datasets.length === 0 || datasets.includes(name)),
    )
    .map(([name]) => name);
};

/** Lines on pulls that need a person. */
export const openPullLines = async (target: Target, datasets: readonly string[]): Promise<string[]> =>
  (await pullsOf(target, await sourcesAmong(target, datasets))).filter(isOpenPull).flatMap(pullLines);

/** Shows the pulls of one source, or of all; those that need a person come first. */
export const tellPulls = async (
  target: Target,
  datasets: readonly string[],
  flags: TargetFlags & { readonly open?: boolean },
  limit: number,
): Promise<void> => {
  const sources = await sourcesAmong(target, datasets);
  const pulls = await pullsOf(target, sources);
  const open = pulls.filter(isOpenPull);
  const rest = flags.open ? [] : pulls.filter((pull) => !isOpenPull(pull));
  const shown = rest.slice(0, limit);
  const left = rest.length - shown.length;
  const lines = inParts(
    open.length > 0 ? [styleText('bold', 'Needs a person:'), ...open.flatMap(pullLines)] : [],
    shown.flatMap(pullLines),
    left > 0 ? [`${left} more; --limit shows them`] : [],
    pulls.length === 0 ? [nothing(sources)] : [],
  );
  answer(flags, { pulls: [...open, ...rest].map(pullDocument) }, lines);
};

const nothing = (sources: readonly string[]): string =>
  sources.length === 0
    ? 'No dataset has a source.'
    : `Nothing was pulled yet; the sources are ${sources.join(', ')}.`;
