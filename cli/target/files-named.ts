import { type AnyFile, type Ledger, nameBehind, parseFileId } from '../../functions/pipeline/index.ts';
import { fileStory } from '../output/file-story.ts';
import { datasetsNamed } from './known-datasets.ts';

/**
 * Versions of the files that a name may mean, in order of landing: a key, the part after the dataset's folder, or the last part
 * of it, each with or without a version.
 */
export const filesNamed = async (
  ledger: Ledger,
  name: string,
  dataset: string | undefined,
): Promise<AnyFile[]> => {
  const datasets = await datasetsNamed(ledger, dataset);
  const stories = await Promise.all(datasets.map((one) => fileStory(ledger, one, name)));
  if (stories.flat().length > 0) return stories.flat();
  const { key, version } = parseFileId(name);
  const found = await Promise.all(
    datasets.map(async (one) => {
      const landed = await ledger.files.landed(one);
      return landed.filter(({ key: whole, version: own }) => {
        const behind = nameBehind(one, whole);
        const names = [whole, behind, behind.slice(behind.lastIndexOf('/') + 1)];
        return names.includes(name) || (own === version && names.includes(key));
      });
    }),
  );
  return [...(await ledger.files.findAll(found.flat()))].sort((a, b) =>
    a.landed_at.localeCompare(b.landed_at),
  );
};
