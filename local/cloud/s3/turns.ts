import pLimit from 'p-limit';
import type { ObjectIndex } from './object-index.ts';

export type Turns = Awaited<ReturnType<typeof openTurns>>;

/** Lets one change at a time look, decide and be written, each under a higher sequence number than the one before. */
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
