import { PipelineError } from '../../values/index.ts';
/** Why bytes are not whole gzip, in words that follow `the file`. */
export class GzipDamage extends PipelineError {
  override readonly name = 'GzipDamage';
  constructor(problem: string) {
    super(`is no whole gzip file (${problem}); compress it again`);
  }
}
