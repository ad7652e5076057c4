import { parseSource } from '../../functions/sources/index.ts';
import { nameHint } from '../../functions/values/index.ts';
import type { SqlFile } from '../sql/files.ts';
import { type Problem, placeOf } from '../sql/problem.ts';
import type { Rules } from './datasets.ts';

/** Problems of a model that takes the pulls of a dataset as snapshots: absence means something only if its source declares them. */
export const snapshotProblems = ({ path, source }: SqlFile, rules: readonly Rules[]): Problem[] =>
  [...source.matchAll(/\bsnapshots\s*=\s*'(\w+)'/g)].flatMap(([text, dataset = '']) => {
    const message = problemOf(dataset, rules);
    return message === undefined ? [] : [{ file: path, ...placeOf(source, text), message }];
  });

const problemOf = (dataset: string, rules: readonly Rules[]): string | undefined => {
  const own = rules.find((one) => one.dataset === dataset);
  if (!own) {
    const names = rules.map((one) => one.dataset);
    return `snapshots: there is no dataset ${dataset}${nameHint(dataset, names)}`;
  }
  const parsed = own.source === undefined ? undefined : parseSource(own.source);
  if (parsed?.ok === false || (parsed?.ok && parsed.source.snapshot && parsed.source.observed_at))
    return undefined;
  return `snapshots: rules/${dataset}/source.json does not say "snapshot": true and "observed_at"`;
};
