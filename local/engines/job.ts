/** A job of the template. */
export type Job = {
  readonly name: string;
  /** Where its script lies, or its bare name; `transform` for `s3://…/transform.py`. */
  readonly script: string;
  readonly maxConcurrentRuns: number;
  readonly timeoutMinutes: number;
};

/** What is executed: one run of a job. */
export type JobRun = {
  readonly id: string;
  /** Bare name of the job's script. */
  readonly jobScript: string;
  readonly arguments: Readonly<Record<string, string>>;
  /** Aborted when the run is stopped or its time is over. */
  readonly signal: AbortSignal;
  /** Says that the work begins: the run is `STARTING` until then, `RUNNING` from then on, and its time counts. */
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
