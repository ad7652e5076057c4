import type { Ledger } from '../../functions/pipeline/index.ts';
import { monthsFrom, type Window } from '../../functions/sources/index.ts';
import { notice } from '../output/answer.ts';
import { count } from '../output/count.ts';
import { type PullFlags, pullAll } from '../pull/run.ts';

export type BackfillFlags = Omit<PullFlags, 'from' | 'to'> & {
  readonly from: string;
  readonly to: string;
  readonly atOnce: string;
  readonly again?: boolean;
};

/** Pulls every month that has not landed yet, some at once; exit code 1 if one does not land or its rows are not published. */
export const backfill = async (source: string, flags: BackfillFlags): Promise<void> => {
  for (const flag of ['from', 'to'] as const) expectMonth(flag, flags[flag]);
  if (flags.from > flags.to) throw new Error(`--from ${flags.from} is after --to ${flags.to}`);
  const atOnce = Number(flags.atOnce);
  if (!Number.isInteger(atOnce) || atOnce < 1) throw new Error('--at-once must be a whole number from 1');
  const months = monthsFrom(flags.from, flags.to);
  const windowsOf = async (ledger: Ledger) => (flags.again ? months : notLanded(ledger, source, months));
  await pullAll(source, windowsOf, { ...flags, atOnce });
};

const expectMonth = (flag: string, text: string): void => {
  if (!/^\d{4}-(0[1-9]|1[0-2])$/.test(text))
    throw new Error(`--${flag} ${text} is not a month; write it as 2024-01`);
};

const notLanded = async (ledger: Ledger, source: string, months: readonly Window[]): Promise<Window[]> => {
  const pulls = await ledger.pulls.of(source);
  const landed = pulls.filter(({ state }) => state === 'landed').map(({ from, to }) => `${from}/${to}`);
  const left = months.filter(({ from, to }) => !landed.includes(`${from}/${to}`));
  const before = months.length - left.length;
  if (before > 0) notice(`${count(before, 'month')} of ${source} landed before; --again pulls them again.`);
  return left;
};
