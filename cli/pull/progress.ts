import type { PullRecord } from '../../functions/pipeline/index.ts';
import { pullName } from '../output/pull-lines.ts';

/** Says each change of a pull in a line, with the seconds since `began`, in milliseconds. */
export const pullProgress =
  (output: Pick<NodeJS.WriteStream, 'write'>, began: number) =>
  (pull: PullRecord): void => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
    output.write(`${seconds} s  ${pullName(pull)}  ${pull.state}\n`);
  };
