import type { Clock, Ledger } from '../ports.ts';
import { leftInQuarantine } from '../queries/dismissed.ts';
import type { AnyFile, FileIn } from '../records/file.ts';

type Ports = { readonly ledger: Ledger; readonly clock: Clock };

/** Files whose rows can be dropped. */
export type Dismissable = FileIn<'published' | 'quarantined' | 'superseded'>;

/** Records who dropped the rows of a file that are in quarantine, and when; undefined if the record has changed meanwhile. */
export const dismiss = (
  { ledger, clock }: Ports,
  file: Dismissable,
  repairs: readonly AnyFile[],
  by: string,
): Promise<Dismissable | undefined> =>
  ledger.files.amend(file, { dismissed: { at: clock.now(), by, rows: leftInQuarantine(file, repairs) } });

/** Undoes that: the rows need a repair again. */
export const takeBack = (ledger: Ledger, file: Dismissable): Promise<Dismissable | undefined> =>
  ledger.files.amend(file, { dismissed: undefined });
