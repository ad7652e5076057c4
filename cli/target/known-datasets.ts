import type { Ledger } from '../../functions/pipeline/index.ts';
import { nameHint } from '../../functions/values/index.ts';
import { CannotLand, manifestTexts } from './datasets.ts';

/** Datasets with a folder in `rules/`, and all of which a file was ever seen, sorted; the empty name stands for files in no dataset's folder. */
export const knownDatasets = async (ledger: Ledger): Promise<string[]> =>
  [...new Set([...(await manifestTexts()).keys(), ...(await ledger.files.datasets())])].sort();

/** The datasets that a command speaks of: one, or all where none is named; throws `CannotLand` for a name that is none. */
export const datasetsNamed = async (ledger: Ledger, dataset: string | undefined): Promise<string[]> => {
  const known = await knownDatasets(ledger);
  if (dataset === undefined) return known;
  if (known.includes(dataset)) return [dataset];
  throw new CannotLand(`there is no dataset ${dataset}${nameHint(dataset, known.filter(Boolean))}`);
};

/** A dataset's name for people. */
export const datasetName = (dataset: string): string => dataset || 'in no dataset';
