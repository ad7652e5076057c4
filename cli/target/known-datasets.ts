import type { Ledger } from '../../functions/pipeline/index.ts';
import { nameHint } from '../../functions/values/index.ts';
import { CannotLand, manifestTexts } from './datasets.ts';

/**
 * Datasets with a folder in `rules/` or with a file in the ledger, sorted; the empty name stands for files in no dataset's
 * folder.
 */
const knownDatasets = async (ledger: Ledger): Promise<string[]> =>
  [...new Set([...(await manifestTexts()).keys(), ...(await ledger.files.datasets())])].sort();

/** The datasets of a command: the one that is named, or all; throws `CannotLand` if there is no such dataset. */
export const datasetsNamed = async (ledger: Ledger, dataset: string | undefined): Promise<string[]> => {
  const known = await knownDatasets(ledger);
  if (dataset === undefined) return known;
  if (known.includes(dataset)) return [dataset];
  throw new CannotLand(`there is no dataset ${dataset}${nameHint(dataset, known.filter(Boolean))}`);
};

/** A dataset's name in text. */
export const datasetName = (dataset: string): string => dataset || 'in no dataset';
