import type { Window } from '../../sources/index.ts';
import { PipelineError } from '../../values/index.ts';
import type { Clock, Ledger } from '../ports.ts';
import type { PullRecord } from '../records/pull.ts';

/** A window whose days are not days, or in the wrong order. */
export class InvalidWindow extends PipelineError {
  override readonly name = 'InvalidWindow';
  constructor(
    readonly from: string,
    readonly to: string,
  ) {
    super(
      `${from} to ${to} is not a window: write two days such as 2024-01-01 and 2024-01-31, the first one first`,
    );
  }
}

/**
 * Records that a window of a source is to be pulled, and answers its record. A window at which somebody is at work stays as it
 * is; a parked one too, unless its doubt is confirmed to be no error. Throws `InvalidWindow`.
 */
export const askPull = async (
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  { source, from, to }: Window & { readonly source: string },
  { confirm = false } = {},
): Promise<PullRecord> => {
  if (!isDay(from) || !isDay(to) || from > to) throw new InvalidWindow(from, to);
  const asked = { asked_at: clock.now(), tries: 0, ...(confirm ? { is_confirmed: true } : {}) };
  const known = await ledger.pulls.find({ source, from, to });
  if (!known) await ledger.pulls.open({ source, from, to, rev: 0, attempt: 0, state: 'asked', ...asked });
  else if (mayAsk(known, confirm)) await ledger.pulls.move(known, 'asked', asked);
  const record = await ledger.pulls.find({ source, from, to });
  if (!record) throw new ReferenceError(`the ledger has lost the pull of ${source} from ${from} to ${to}`);
  return record;
};

const mayAsk = ({ state }: PullRecord, confirm: boolean): boolean =>
  state === 'landed' || state === 'failed' || (state === 'parked' && confirm);

/** A day of the calendar, as `2024-02-29`. */
const isDay = (text: string): boolean => {
  const time = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(text) : Number.NaN;
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(text);
};
