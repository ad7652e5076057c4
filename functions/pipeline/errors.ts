import { PipelineError } from '../values/index.ts';

/** An object that the ledger names is no longer in the lake. */
export class ObjectGone extends PipelineError {
  override readonly name = 'ObjectGone';
  constructor(
    readonly key: string,
    /** What it was, such as `the rows file of data/streams/a.csv@v1`. */
    readonly what: string,
  ) {
    super(`${what} is gone: ${key}`);
  }
}

/** A rows file that the pipeline wrote has been changed. */
export class UnreadableRows extends PipelineError {
  override readonly name = 'UnreadableRows';
  constructor(
    readonly key: string,
    readonly violation: string,
  ) {
    super(`${key} cannot be read: ${violation}`);
  }
}

/** A record cannot go from one state to the other. */
export class ForbiddenMove extends PipelineError {
  override readonly name = 'ForbiddenMove';
  constructor(
    readonly record: string,
    readonly from: string,
    readonly to: string,
  ) {
    super(`a ${record} cannot go from ${from} to ${to}`);
  }
}

/** The deployed catalog lacks what a batch needs. */
export class NotInCatalog extends PipelineError {
  override readonly name = 'NotInCatalog';
  constructor(
    readonly dataset: string,
    readonly what: string,
  ) {
    super(`the catalog has no ${what} of the dataset ${dataset}; deploy it`);
  }
}
