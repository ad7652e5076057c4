import { writeFile } from 'node:fs/promises';
import { withFolder, writeBenchFile } from './bench-folder.ts';
import { type BenchFile, benchFiles } from './datasets.ts';
import { validateOfRepeated } from './runners.ts';

/** Time and memory of the validator in its own process. */
export type Footprint = {
  readonly file: string;
  readonly megabytes: number;
  readonly mb_per_s: number;
  readonly records: number;
  readonly invalid: number;
  readonly peak_mb: number;
};

/** Validates generated files of so many megabytes, and measures the most memory of each. */
export const flatMemory = async (
  sizes: readonly number[],
  names: readonly string[],
): Promise<readonly Footprint[]> => {
  const footprints: Footprint[] = [];
  for (const file of await benchFiles()) {
    if (names.length > 0 && !names.includes(file.name)) continue;
    footprints.push(...(await withFolder((folder) => footprintsOf(folder, file, sizes))));
  }
  return footprints;
};

const footprintsOf = async (
  folder: string,
  file: BenchFile,
  sizes: readonly number[],
): Promise<Footprint[]> => {
  const { path, key, manifest, bytes } = await writeBenchFile(folder, file, 0);
  await writeFile(`${path}.rows`, file.rows);
  const validate = await validateOfRepeated();
  const footprints: Footprint[] = [];
  for (const size of sizes) {
    const times = Math.max(1, Math.round((size * 1e6) / file.rows.length));
    const { ms, records, invalid, peak_mb } = await validate({ path, key, manifest }, times);
    const megabytes = (bytes + (times - 1) * file.rows.length) / 1e6;
    footprints.push({
      file: file.name,
      megabytes,
      mb_per_s: (megabytes * 1e3) / ms,
      records,
      invalid,
      peak_mb,
    });
  }
  return footprints;
};
