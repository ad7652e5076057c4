/** A job of the template. */
export type Job = {
  readonly name: string;
  /** Path or bare name of its script; `transform` for `s3://…/transform.py`. */
  readonly script: string;
  readonly maxConcurrentRuns: number;
  readonly timeoutMinutes: number;
};

/** One run of a job, to be executed. */
export type JobRun = {
  readonly id: string;
  /** Bare name of the job's script. */
  readonly jobScript: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** Aborted if the run is stopped or its time is over. */
  readonly signal: AbortSignal;
  /** Called when the work begins: until then the run is `STARTING`, then `RUNNING`, and its time counts. */
  readonly begin: () => void;
  /** Adds a line to the run's log. */
  readonly log: (line: string) => void;
};

/** `Job` of the Glue API. */
export const describeJob = ({ name, script, maxConcurrentRuns, timeoutMinutes }: Job) => ({
  Name: name,
  Command: { Name: 'glueetl', PythonVersion: '3', ScriptLocation: script },
  ExecutionProperty: { MaxConcurrentRuns: maxConcurrentRuns },
  GlueVersion: '5.1',
  MaxRetries: 0,
  Timeout: timeoutMinutes,
});
