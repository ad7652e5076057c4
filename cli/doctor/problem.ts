import { nextCommand, npmCloud } from '../output/next-command.ts';

/** Something that is missing, stuck or misconfigured, and the one command that helps next. */
export type Problem = {
  /** What was checked, such as `waiting` or `alarms`. */
  readonly check: string;
  /** What it is about: a dataset, a mart, a queue or a name on AWS. */
  readonly about: string;
  readonly message: string;
  readonly next: string;
};

/** An hour: how long a file, a batch or a migration may take before somebody should look, in milliseconds. */
export const usualWait = 3_600_000;

/** The command after something could not be read: a damaged warehouse can be computed again. */
export const nextAfter = (cause: unknown): string =>
  String(cause).includes('--fresh-warehouse') ? npmCloud('--fresh-warehouse') : nextCommand('runs', '--open');
