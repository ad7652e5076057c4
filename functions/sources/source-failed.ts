import { PipelineError } from '../values/index.ts';

/**
 * Where a pull failed. Of an API: `url` without its query and user, because both may hold secrets; `page` and `attempt`, from 1;
 * `status`.
 */
export type SourceFacts = Readonly<Record<string, string | number>>;

/** A source could not be read to its end. Nothing of the pull may land. */
export class SourceFailed extends PipelineError {
  override readonly name = 'SourceFailed';
  constructor(
    readonly reason: string,
    readonly facts: SourceFacts = {},
    options?: ErrorOptions,
  ) {
    super(`${reason}${shown(facts)}`, options);
  }
}

const shown = (facts: SourceFacts): string => {
  const listed = Object.entries(facts).map(([name, value]) => `${name} ${value}`);
  return listed.length > 0 ? ` (${listed.join(', ')})` : '';
};
