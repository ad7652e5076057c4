import { setTimeout as wait } from 'node:timers/promises';
import { saysNotWritable } from '../../local/state/index.ts';
import { notice } from '../output/answer.ts';

/** Repeats work, for a limited time, while the laptop cloud answers that its state cannot be written. */
export type UntilWritten = <Answer>(work: () => Promise<Answer>) => Promise<Answer>;

export type Patience = {
  /** Milliseconds for which a command waits for room. */
  readonly patience?: number;
  /** Milliseconds between two tries. */
  readonly pause?: number;
};

/**
 * For all steps of one command, also several at the same time: they wait for room together, and the command says so once. Rejects
 * with the last error if there is no room in time.
 */
export const untilWritten = ({ patience = 120_000, pause = 1_000 }: Patience = {}): UntilWritten => {
  let since: number | undefined;
  return async (work) => {
    for (;;) {
      try {
        return await work();
      } catch (error) {
        if (!(error instanceof Error) || !saysNotWritable(error.message)) throw error;
        if (since === undefined) notice(`${error.message}; trying again for ${patience / 1_000} seconds`);
        since ??= performance.now();
        if (performance.now() - since > patience) throw error;
        await wait(pause);
      }
    }
  };
};
