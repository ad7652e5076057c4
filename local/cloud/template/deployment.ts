/** An event rule of a function. */
export type EventRule = {
  readonly name: string;
  readonly pattern: unknown;
  /** What the function receives instead of the event. */
  readonly input?: unknown;
  /** Name of the queue for events that cannot be delivered. */
  readonly deadLetterQueue?: string;
};

/** A schedule that wakes a function. */
export type Schedule = {
  readonly name: string;
  /** As written: a valid `rate(…)` or `cron(…)`. */
  readonly expression: string;
  /** What the function receives instead of a scheduled event. */
  readonly input?: unknown;
  readonly deadLetterQueue?: string;
};

export type DeployedFunction = {
  /** Key under `functions`. */
  readonly key: string;
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** Source file relative to the root, and the name of the handler that it exports. */
  readonly entry: string;
  readonly handler: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly timeout: number;
  /** Megabytes. */
  readonly memory: number;
  readonly maximumRetryAttempts: number;
  /** Name of the queue for invocations after their last try. */
  readonly onFailure?: string;
  readonly rules: readonly EventRule[];
  readonly schedules: readonly Schedule[];
};

export type KeyAttribute = { readonly AttributeName: string; readonly KeyType: string };

export type Table = {
  readonly logicalId: string;
  readonly name: string;
  readonly attributes: readonly { readonly AttributeName: string; readonly AttributeType: string }[];
  readonly key: readonly KeyAttribute[];
  readonly indexes: readonly {
    readonly IndexName: string;
    readonly KeySchema: readonly KeyAttribute[];
    readonly Projection: Readonly<Record<string, unknown>>;
  }[];
};

export type Bucket = {
  readonly logicalId: string;
  readonly name: string;
  readonly versioning: boolean;
  /** Object events are sent to the event bus. */
  readonly events: boolean;
};

export type Queue = { readonly logicalId: string; readonly name: string; readonly arn: string };

export type Job = {
  readonly logicalId: string;
  readonly name: string;
  /** Base name of the script, without its ending. */
  readonly script: string;
  readonly maxConcurrentRuns: number;
  readonly timeoutMinutes: number;
};

/** The parts of `serverless.yml` that the laptop runs, with every reference resolved. */
export type Deployment = {
  readonly service: string;
  readonly stage: string;
  readonly account: string;
  readonly region: string;
  readonly functions: readonly DeployedFunction[];
  readonly tables: readonly Table[];
  readonly buckets: readonly Bucket[];
  readonly queues: readonly Queue[];
  readonly jobs: readonly Job[];
};
