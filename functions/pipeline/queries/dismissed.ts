import type { Clock, Ledger } from '../ports.ts';
import type { FileRecord } from '../records.ts';
import { balanceOf, hangsOn, landedFile } from './repairs.ts';

/** Rows in quarantine that somebody has dropped on purpose: they stay there and are counted there, and nobody waits for their repair. */

/** Rows of a file that are quarantined and not in any repair of it; what is left of a repair is the repair's. */
export const leftInQuarantine = (file: FileRecord, repairs: readonly FileRecord[]): number => {
  const own = landedFile(file);
  const hanging = repairs.filter((one) => one.state === 'published' && hangsOn(landedFile(one), own));
  const inRepairs = hanging
    .map((repair) => leftInQuarantine(repair, hanging))
    .reduce((sum, rows) => sum + rows, 0);
  return balanceOf(file, hanging).quarantined - inRepairs;
};

/** How many of the rows that are left in quarantine of a file nobody has dropped; rows that were quarantined later are among them. */
export const undecided = (file: FileRecord, repairs: readonly FileRecord[]): number =>
  Math.max(0, leftInQuarantine(file, repairs) - (file.dismissed?.rows ?? 0));

type Ports = { readonly ledger: Ledger; readonly clock: Clock };

/** Records by whom and when the rows that are left in quarantine of a file at rest were dropped; undefined when someone else wrote the record meanwhile. */
export const dismiss = (
  { ledger, clock }: Ports,
  file: FileRecord,
  repairs: readonly FileRecord[],
  by: string,
): Promise<FileRecord | undefined> =>
  ledger.files.amend(file, { dismissed: { at: clock.now(), by, rows: leftInQuarantine(file, repairs) } });

/** Takes that back: the rows wait for a repair again. */
export const takeBack = (ledger: Ledger, file: FileRecord): Promise<FileRecord | undefined> =>
  ledger.files.amend(file, { dismissed: undefined });
