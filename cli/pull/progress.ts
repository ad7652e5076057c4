import type { PullRecord } from '../../functions/pipeline/index.ts';
import { pullingText, pullName } from '../output/pull-lines.ts';

/** Says each change of a pull in a line, with the seconds since `began`, in milliseconds; another process may have begun before. */
export const pullProgress =
  (output: Pick<NodeJS.WriteStream, 'write'>, began: number) =>
  (pull: PullRecord): void => {
    const seconds = ((Date.now() - began) / 1000).toFixed(1).padStart(6);
    const isOfAnother = pull.state === 'pulling' && Date.parse(pull.started_at) < began;
    output.write(`${seconds} s  ${pullName(pull)}  ${isOfAnother ? pullingText(pull) : pull.state}\n`);
  };
