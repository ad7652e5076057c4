import type { AnyFile } from '../records/file.ts';
import { balanceOf, hangsOn, landedFile } from './repairs.ts';

/** Rows in quarantine that somebody has dropped on purpose: they stay there and are counted there, and nobody waits for their repair. */

/** Rows of a file that are quarantined and not in any repair of it; what is left of a repair is the repair's. */
export const leftInQuarantine = (file: AnyFile, repairs: readonly AnyFile[]): number => {
  const own = landedFile(file);
  const hanging = repairs.filter((one) => one.state === 'published' && hangsOn(landedFile(one), own));
  const inRepairs = hanging
    .map((repair) => leftInQuarantine(repair, hanging))
    .reduce((sum, rows) => sum + rows, 0);
  return balanceOf(file, hanging).quarantined - inRepairs;
};

/** How many of the rows that are left in quarantine of a file nobody has dropped; rows that were quarantined later are among them. */
export const undecided = (file: AnyFile, repairs: readonly AnyFile[]): number =>
  Math.max(0, leftInQuarantine(file, repairs) - (file.dismissed?.rows ?? 0));
