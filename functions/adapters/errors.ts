import { PipelineError } from '../values/index.ts';

/** The template did not set a variable of the function. */
export class MissingVariable extends PipelineError {
  override readonly name = 'MissingVariable';
  constructor(readonly variable: string) {
    super(`the environment variable ${variable} is not set`);
  }
}

/** The copy of an object is not what was copied. */
export class CopyDiffers extends PipelineError {
  override readonly name = 'CopyDiffers';
  constructor(
    readonly to: string,
    readonly key: string,
    readonly version: string,
  ) {
    super(`the copy ${to} differs from ${key}, version ${version}`);
  }
}

/** The event bus did not take an event. */
export class EventNotTaken extends PipelineError {
  override readonly name = 'EventNotTaken';
  constructor(
    readonly type: string,
    readonly code: string,
    message: string,
  ) {
    super(`${type} was not taken: ${code} ${message}`);
  }
}

/** A function was wired without this job. */
export class UnknownJob extends PipelineError {
  override readonly name = 'UnknownJob';
  constructor(readonly job: string) {
    super(`this function knows no ${job} job`);
  }
}

/** The warehouse could not answer a query. */
export class QueryFailed extends PipelineError {
  override readonly name = 'QueryFailed';
}
