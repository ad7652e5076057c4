import { fileId } from '../lake-keys.ts';
import { lacksSilver } from '../reasons.ts';
import type { AnyBatch } from '../records/batch.ts';
import type { AnyFile } from '../records/file.ts';
import type { DatasetRuns } from './dataset-runs.ts';
import { undecided } from './dismissed.ts';
import { rowsFileOf } from './file-places.ts';

/** Files of a dataset that will not be published without a person's help, in order of landing. */
export const needingPerson = (files: readonly AnyFile[]): AnyFile[] => {
  const newest = newestPerKey(files);
  const byId = new Map(files.map((file) => [fileId(file), file]));
  const repairs = files.filter(({ landed_as }) => landed_as !== undefined);
  return files.filter((file) => {
    if (waits(file)) return true;
    if (['rejected', 'quarantined', 'missing'].includes(file.state))
      return isNewest(file, newest) && !isRepairOfReplaced(file, byId) && !file.dismissed;
    return isPartlyQuarantined(file, repairs);
  });
};

/** True for a file that continues only after somebody has done something. */
const waits = ({ state, reason, dataset }: AnyFile): boolean =>
  state === 'parked' ||
  (state === 'landed' && reason !== undefined) ||
  (state === 'accepted' && reason === lacksSilver(dataset));

/** Ignored and missing versions replace no other version. */
const newestPerKey = (files: readonly AnyFile[]): ReadonlyMap<string, number> => {
  const newest = new Map<string, number>();
  for (const { key, number, state } of files)
    if (!['ignored', 'missing'].includes(state)) newest.set(key, Math.max(number, newest.get(key) ?? 0));
  return newest;
};

const isNewest = ({ key, number }: AnyFile, newest: ReadonlyMap<string, number>): boolean =>
  number >= (newest.get(key) ?? 0);

/** A version that is no longer published cannot be repaired. */
const isRepairOfReplaced = ({ repairs }: AnyFile, byId: ReadonlyMap<string, AnyFile>): boolean =>
  repairs !== undefined && byId.get(fileId(repairs))?.state === 'superseded';

const isPartlyQuarantined = (file: AnyFile, repairs: readonly AnyFile[]): boolean =>
  rowsFileOf(file) !== undefined && undecided(file, repairs) > 0;

/** The newest batch, if it failed and there are files that wait for another. */
export const failedBatch = ({
  batches,
  files,
}: Pick<DatasetRuns, 'batches' | 'files'>): AnyBatch | undefined => {
  const [newest] = batches;
  if (newest?.state !== 'failed') return undefined;
  return files.some(({ state }) => ['accepted', 'claimed', 'parked'].includes(state)) ? newest : undefined;
};
