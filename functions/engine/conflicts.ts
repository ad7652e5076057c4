import { setTimeout as wait } from 'node:timers/promises';

/** Time for another transaction on the same rows to end. */
const patience = { attempts: 1_200, pause: 50 };

/** Repeats the work while it fails only because of another transaction's writes; a minute at most. */
export const retryConflicts = async <Answer>(work: () => Promise<Answer>): Promise<Answer> => {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work();
    } catch (error) {
      if (!isConflict(error) || attempt === patience.attempts) throw error;
      await wait(patience.pause);
    }
  }
};

const isConflict = (error: unknown): boolean =>
  error instanceof Error && /conflict|duplicate key|has been altered/i.test(error.message);
