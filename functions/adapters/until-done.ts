import { PipelineError } from '../values/index.ts';

const mostTries = 8;

/** The pauses are over, and DynamoDB still leaves a part of a batch undone. */
export class Unfinished extends PipelineError {
  override readonly name = 'Unfinished';
}

/** Sends a batch, then again what DynamoDB leaves undone, after growing, jittered pauses; returns what is left in the end. */
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
