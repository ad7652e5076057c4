import { PipelineError } from '../values/index.ts';

/** The template did not set a variable of the function. */
export class MissingVariable extends PipelineError {
  override readonly name = 'MissingVariable';
  constructor(readonly variable: string) {
    super(`the environment variable ${variable} is not set`);
  }
}

/** The copy of an object differs from its source. */
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

/** The event bus did not accept an event. */
export class EventNotAccepted extends PipelineError {
  override readonly name = 'EventNotAccepted';
  constructor(
    readonly type: string,
    readonly code: string,
    message: string,
  ) {
    super(`${type} was not accepted: ${code} ${message}`);
  }
}

/** The function has no name for this job. */
export class UnknownJob extends PipelineError {
  override readonly name = 'UnknownJob';
  constructor(readonly job: string) {
    super(`this function has no name for the ${job} job`);
  }
}

/** The warehouse could not answer a query. */
export class QueryFailed extends PipelineError {
  override readonly name = 'QueryFailed';
}

/** A secret could not be read; the cause says why. */
export class UnreadableSecret extends PipelineError {
  override readonly name = 'UnreadableSecret';
  constructor(
    readonly arn: string,
    cause: unknown,
  ) {
    const why = cause instanceof Error ? cause.name : 'Error';
    super(`the secret ${arn} could not be read (${why})`, { cause });
  }
}

/** A secret does not hold what its source needs; the message never shows any of it. */
export class NotASecret extends PipelineError {
  override readonly name = 'NotASecret';
  constructor(
    readonly arn: string,
    problem: string,
  ) {
    super(`the secret ${arn} ${problem}`);
  }
}
