import pLimit from 'p-limit';
import type { ObjectIndex } from './object-index.ts';

export type Turns = Awaited<ReturnType<typeof openTurns>>;

/** Runs changes one at a time (read, decide, write), each with a higher sequence number than the one before. */
export const openTurns = async (index: ObjectIndex) => {
  const one = pLimit(1);
  let last = await index.sequence.last();
  return {
    take: <T>(work: (sequence: number) => Promise<T>): Promise<T> =>
      one(() => {
        last += 1;
        return work(last);
      }),
  };
};
