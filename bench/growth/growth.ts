import { writeFile } from 'node:fs/promises';
import type { MovedCloud } from '../cloud.ts';
import { landCatalogue } from '../landings.ts';
import { median } from '../median.ts';
import { processorTime } from '../process-tree.ts';
import { DayByDay } from './day-by-day.ts';
import { heapOf, restingMemory } from './memory.ts';
import { type StateSize, stateSize } from './state-size.ts';

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
  readonly rss_mb: number;
  readonly heap_mb: number;
  readonly state: StateSize;
};

const singles = 5;
const dayMs = 86_400_000;

/**
 * Lands small files over simulated days on a cloud whose clock is moved: the files of a day in a few groups, and at the end of
 * some days one file after the other, so that each checkpoint finds a day with as many files.
 */
export const growth = async (
  cloud: MovedCloud,
  { files, days, every, group }: GrowthSize,
  tell: (checkpoint: Checkpoint) => void,
): Promise<readonly Checkpoint[]> => {
  const landing = new DayByDay(cloud.lake, await landCatalogue(cloud.lake));
  const checkpoints: Checkpoint[] = [];
  for (let day = 1; day <= days; day++) {
    await writeFile(cloud.clock, String((day - 1) * dayMs));
    landing.begin(day);
    const until = Math.round((day * files) / days);
    const isDue = Math.floor(until / every) > Math.floor((((day - 1) * files) / days + 1e-9) / every);
    await landing.inGroups(until - landing.files - (isDue ? singles : 0), group);
    if (!isDue) continue;
    const [times, before] = [[] as number[], await processorTime(cloud.process)];
    while (landing.files < until) times.push(await landing.land(1));
    const used = await processorTime(cloud.process);
    const checkpoint = {
      files: until,
      day,
      single_ms: median(times),
      processor_ms: (used - before) / times.length,
      rss_mb: await restingMemory(cloud.process),
      heap_mb: await heapOf(cloud.child),
      state: await stateSize(cloud.directory),
    };
    checkpoints.push(checkpoint);
    tell(checkpoint);
  }
  return checkpoints;
};
