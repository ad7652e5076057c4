/** States of a run in Glue's own words. */
export type RunState = 'STARTING' | 'RUNNING' | 'STOPPING' | 'SUCCEEDED' | 'FAILED' | 'TIMEOUT' | 'STOPPED';

/** A run in the journal; times are milliseconds since the epoch. */
export type RunRecord = {
  readonly id: string;
  readonly job: string;
  readonly arguments: Readonly<Record<string, string>>;
  readonly state: RunState;
  readonly startedAt: number;
  /** When the work itself began. */
  readonly begunAt?: number | undefined;
  readonly changedAt: number;
  readonly timeoutMinutes: number;
  readonly message?: string;
  /** How often its work has begun again. */
  readonly attempt?: number;
  /** How often its process ended while it was at work. */
  readonly losses?: number;
  /** The cloud was stopped while it was at work. */
  readonly isLeft?: boolean;
  /** Its last state is on the bus. */
  readonly isAnnounced?: boolean;
};

const alive: ReadonlySet<RunState> = new Set(['STARTING', 'RUNNING', 'STOPPING']);

/** The run may still change. */
export const isAlive = ({ state }: RunRecord): boolean => alive.has(state);

/** `JobRun` of the Glue API; times are seconds. */
export const describeRun = (run: RunRecord) => ({
  Id: run.id,
  Attempt: run.attempt ?? 0,
  JobName: run.job,
  JobRunState: run.state,
  Arguments: run.arguments,
  StartedOn: run.startedAt / 1_000,
  LastModifiedOn: run.changedAt / 1_000,
  ...(isAlive(run) ? {} : { CompletedOn: run.changedAt / 1_000 }),
  ...(run.message === undefined ? {} : { ErrorMessage: run.message }),
  ExecutionTime: Math.floor((run.changedAt - (run.begunAt ?? run.changedAt)) / 1_000),
  Timeout: run.timeoutMinutes,
  GlueVersion: '5.1',
  PredecessorRuns: [],
});

/** The event that Glue sends when a run has ended. */
export const stateChange = ({ id, job, state, message }: RunRecord) => ({
  source: 'aws.glue',
  'detail-type': 'Glue Job State Change',
  detail: {
    jobName: job,
    jobRunId: id,
    state,
    message: message ?? 'Job run succeeded',
    severity: state === 'SUCCEEDED' ? 'INFO' : state === 'STOPPED' ? 'WARN' : 'ERROR',
  },
});
