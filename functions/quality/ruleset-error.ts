import { PipelineError } from '../values/index.ts';
/** A place in a text, both 1-based. */
export type Position = { readonly line: number; readonly column: number };

/** A problem of a ruleset and its place, which `message` does not contain. */
export class RulesetError extends PipelineError {
  override readonly name = 'RulesetError';
  readonly line: number;
  readonly column: number;

  constructor(problem: string, at: Position, options?: ErrorOptions) {
    super(problem, options);
    this.line = at.line;
    this.column = at.column;
  }
}
