import type { AnyFile } from '../records/file.ts';
import { balanceOf, hangsOn, landedFile } from './repairs.ts';

/** Rows in quarantine that somebody has dropped on purpose: they stay there and are counted, but need no repair. */

/** Quarantined rows of a file that are in none of its repairs; rows that a repair left belong to the repair. */
export const leftInQuarantine = (file: AnyFile, repairs: readonly AnyFile[]): number => {
  const own = landedFile(file);
  const hanging = repairs.filter((one) => one.state === 'published' && hangsOn(landedFile(one), own));
  const inRepairs = hanging
    .map((repair) => leftInQuarantine(repair, hanging))
    .reduce((sum, rows) => sum + rows, 0);
  return balanceOf(file, hanging).quarantined - inRepairs;
};

/** Number of rows in quarantine that nobody has dropped, including rows that were quarantined later. */
export const undecided = (file: AnyFile, repairs: readonly AnyFile[]): number =>
  Math.max(0, leftInQuarantine(file, repairs) - (file.dismissed?.rows ?? 0));
