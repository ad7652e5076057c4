import type { Ledger, PullRecord } from '../../functions/pipeline/index.ts';
import { addDays, monthOf, type Window } from '../../functions/sources/index.ts';
import { tellOfLanded } from '../land/run.ts';
import { answer } from '../output/answer.ts';
import { nextCommand } from '../output/next-command.ts';
import { pullDocument, pullLines } from '../output/pull-lines.ts';
import { untilWritten } from '../target/room.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { isInQuarantine, landedBy, pullWindows } from './follow.ts';
import { pullProgress } from './progress.ts';

export type PullFlags = TargetFlags & {
  readonly from?: string;
  readonly to?: string;
  readonly confirm?: boolean;
  readonly wait: boolean;
};

/** Pulls a window of a source, lands it and shows what became of it; exit code 1 if its rows are not published. */
export const pull = async (source: string, flags: PullFlags): Promise<void> => {
  const from = flags.from ?? firstOfLastMonth(new Date().toISOString().slice(0, 10));
  const window = { from, to: flags.to ?? monthOf(from).to };
  await pullAll(source, async () => [window], { ...flags, atOnce: 1 });
};

const firstOfLastMonth = (day: string): string => monthOf(addDays(monthOf(day).from, -1)).from;

/** Pulls windows, so many at once, then follows the files that landed. */
export const pullAll = async (
  source: string,
  windowsOf: (ledger: Ledger) => Promise<readonly Window[]>,
  flags: PullFlags & { readonly atOnce: number },
): Promise<void> => {
  await onTarget(
    flags,
    async (target) => {
      await Promise.all([untilWritten()(target.putInForce), target.sourcesReady]);
      const { atOnce, confirm = false } = flags;
      const windows = await windowsOf(target.ledger);
      const ended = await pullWindows(target, source, windows, {
        atOnce,
        confirm,
        tell: pullProgress(process.stderr, Date.now()),
      });
      await tellOfPulls(target, ended, flags);
    },
    { beginsState: true, withSources: true },
  );
};

const tellOfPulls = async (target: Target, ended: readonly PullRecord[], flags: PullFlags): Promise<void> => {
  const quarantined = await Promise.all(ended.map((one) => isInQuarantine(target, one)));
  const lines = ended.flatMap((one, at) => [
    ...pullLines(one),
    ...(quarantined[at] ? [quarantineLine(one)] : []),
  ]);
  const document = { pulls: ended.map(pullDocument) };
  if (ended.some(({ state }) => state !== 'landed') || quarantined.includes(true)) process.exitCode = 1;
  const landed = (await Promise.all(ended.map((one) => landedBy(target, one)))).flat();
  if (landed.length === 0) return answer(flags, { ...document, files: [] }, lines);
  await tellOfLanded(target, landed, flags, lines, document);
};

const quarantineLine = ({ source }: PullRecord): string =>
  `  next: that file is in quarantine; correct the manifest or the rules, then ${nextCommand('replay', source)}`;
