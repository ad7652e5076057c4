import { unpublished } from '../pipeline/index.ts';
import { PipelineError } from '../values/index.ts';

/** A file of the spec is no longer in the lake. */
export class MissingFile extends PipelineError {
  override readonly name = 'MissingFile';
  constructor(
    readonly key: string,
    readonly version?: string,
    cause?: unknown,
  ) {
    super(`${key}${version ? ` (version ${version})` : ''} is gone from the lake; land it again`, { cause });
  }
}

/** DuckDB could not read a file with the validator's facts. */
export class UnreadableFile extends PipelineError {
  override readonly name = 'UnreadableFile';
  constructor(
    readonly keys: readonly string[],
    cause: unknown,
  ) {
    super(`cannot read ${keys.join(', ')} as it was validated; validate it again: ${withoutValues(cause)}`, {
      cause,
    });
  }
}

/** Rows were lost or doubled; the run changes nothing. */
export class RowsNotConserved extends PipelineError {
  override readonly name = 'RowsNotConserved';
  constructor(
    readonly file: string,
    readonly expected: number,
    readonly found: number,
    where: string,
  ) {
    super(`${file}: ${found} rows ${where}, ${expected} expected; the run stops and changes nothing`);
  }
}

/** A newer batch of the dataset was published; this one is too late. */
export class FencedOut extends PipelineError {
  override readonly name = 'FencedOut';
  constructor(
    readonly batch: string,
    readonly fence: number,
    readonly newer: number,
  ) {
    super(`batch ${batch} holds fence ${fence}, but fence ${newer} has published already; open a new batch`);
  }
}

/** A quality run ended, and no run has published the batch. */
export class NotPublished extends PipelineError {
  override readonly name = 'NotPublished';
  constructor(cause: unknown) {
    super(`${unpublished}${cause instanceof PipelineError ? cause.message : withoutValues(cause)}`, {
      cause,
    });
  }
}

/** The spec, its SQL and the ruleset do not fit together. */
export class SpecMismatch extends PipelineError {
  override readonly name = 'SpecMismatch';
}

/** The engine's own message. */
export class RunFailed extends PipelineError {
  override readonly name = 'RunFailed';
  constructor(cause: unknown) {
    super(withoutValues(cause), { cause });
  }
}

/** First line of an engine's message; quoted values of rows are left out, because they may be personal. */
const withoutValues = (error: unknown): string => {
  const [line = ''] = (error instanceof Error ? error.message : String(error)).split('\n');
  const ofValues = /^(Conversion|Invalid Input|Out of Range) Error/.test(line);
  return ofValues ? line.replace(/(["']).*\1/g, '…') : line;
};
