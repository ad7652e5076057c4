import { writeFile } from 'node:fs/promises';
import type { MovedCloud } from '../cloud.ts';
import { landCatalogue } from '../landings.ts';
import { median } from '../median.ts';
import { processorTime } from '../process-tree.ts';
import { DayByDay } from './day-by-day.ts';
import { restingMemory } from './memory.ts';
import { type StateSize, stateSize } from './state-size.ts';
import { warehouseCache } from './warehouse-cache.ts';

export type GrowthSize = {
  readonly files: number;
  readonly days: number;
  /** After about so many files, at the end of a day, the cloud is measured. */
  readonly every: number;
  /** The most files that land at the same time. */
  readonly group: number;
};

/** What is measured when so many files have landed and nothing else happens. */
export type Checkpoint = {
  readonly files: number;
  readonly day: number;
  /** From the landing of one file until its day can be read; the median of several, one after the other. */
  readonly single_ms: number;
  /** Processor time of the cloud's process for each of these files, with what goes on after its day can be read. */
  readonly processor_ms: number;
  /** After garbage collection. */
  readonly rss_mb: number;
  readonly heap_mb: number;
  /** What DuckDB holds of its tables in memory, a part of the RSS. */
  readonly cache_mb: number;
  readonly state: StateSize;
};

const singles = 11;
const dayMs = 86_400_000;

/** A day of a run: how many files have landed at its end, and whether the cloud is measured then. */
type Day = { readonly day: number; readonly files: number; readonly isMeasured: boolean };

/** The days of a run; a day on which the number of files passes a multiple of `every` is measured. */
export const daysOf = ({ files, days, every }: Omit<GrowthSize, 'group'>): readonly Day[] =>
  Array.from({ length: days }, (_, index) => {
    const [before, until] = [index, index + 1].map((day) => Math.round((day * files) / days)) as [
      number,
      number,
    ];
    const isMeasured = Math.floor(until / every) > Math.floor(before / every);
    return { day: index + 1, files: until, isMeasured };
  });

/**
 * Lands small files over simulated days on a cloud whose clock is moved: the files of a day in a few groups, and at the end of
 * some days one file after the other, so that each checkpoint finds a day with as many files.
 */
export const growth = async (
  cloud: MovedCloud,
  size: GrowthSize,
  tell: (checkpoint: Checkpoint) => void,
): Promise<readonly Checkpoint[]> => {
  const landing = new DayByDay(cloud.lake, await landCatalogue(cloud.lake));
  const checkpoints: Checkpoint[] = [];
  for (const { day, files, isMeasured } of daysOf(size)) {
    await writeFile(cloud.clock, String((day - 1) * dayMs));
    landing.begin(day);
    await landing.inGroups(files - landing.files - (isMeasured ? singles : 0), size.group);
    if (!isMeasured) continue;
    const [times, before] = [[] as number[], await processorTime(cloud.process)];
    while (landing.files < files) times.push(await landing.land(1));
    const used = await processorTime(cloud.process);
    const checkpoint = {
      files,
      day,
      single_ms: median(times),
      processor_ms: (used - before) / times.length,
      ...(await restingMemory(cloud)),
      cache_mb: await warehouseCache(cloud.environment),
      state: await stateSize(cloud.directory),
    };
    checkpoints.push(checkpoint);
    tell(checkpoint);
  }
  return checkpoints;
};
