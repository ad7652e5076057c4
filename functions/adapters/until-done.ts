import { PipelineError } from '../values/index.ts';

const mostTries = 8;

/** DynamoDB leaves a part of a batch undone for longer than anyone waits. */
export class Unfinished extends PipelineError {
  override readonly name = 'Unfinished';
}

/** Sends a batch, and what DynamoDB leaves undone of it again after growing, jittered pauses; gives what is left in the end. */
export const untilDone = async <One>(
  all: readonly One[],
  send: (left: One[]) => Promise<One[]>,
): Promise<readonly One[]> => {
  let left = [...all];
  for (let attempt = 0; left.length > 0 && attempt < mostTries; attempt++) {
    if (attempt > 0) await pause(50 * 2 ** attempt * Math.random());
    left = await send(left);
  }
  return left;
};

const pause = (milliseconds: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, milliseconds));
