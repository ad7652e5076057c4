import type { Clock, Ledger } from '../ports.ts';
import { leftInQuarantine } from '../queries/dismissed.ts';
import type { AnyFile, FileIn } from '../records/file.ts';

type Ports = { readonly ledger: Ledger; readonly clock: Clock };

/** Files of which rows can be dropped. */
export type Dismissable = FileIn<'published' | 'quarantined' | 'superseded'>;

/** Records by whom and when the rows that are left in quarantine of a file at rest were dropped; undefined when someone else wrote the record meanwhile. */
export const dismiss = (
  { ledger, clock }: Ports,
  file: Dismissable,
  repairs: readonly AnyFile[],
  by: string,
): Promise<Dismissable | undefined> =>
  ledger.files.amend(file, { dismissed: { at: clock.now(), by, rows: leftInQuarantine(file, repairs) } });

/** Takes that back: the rows wait for a repair again. */
export const takeBack = (ledger: Ledger, file: Dismissable): Promise<Dismissable | undefined> =>
  ledger.files.amend(file, { dismissed: undefined });
