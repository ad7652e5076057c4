import type { LifecycleRule } from '../s3/lifecycle/rule.ts';

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
  /** ARN of its role; without one, it may do everything. */
  readonly role?: string;
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
  /** The attribute whose number says when an item expires, in seconds since 1970; without one, items stay. */
  readonly expiresBy?: string;
  /** ARN of the key that encrypts it, if that is the stack's own. */
  readonly keyArn?: string;
};

export type Bucket = {
  readonly logicalId: string;
  readonly name: string;
  readonly versioning: boolean;
  /** Object events are sent to the event bus. */
  readonly events: boolean;
  /** When its objects expire. */
  readonly lifecycle?: readonly LifecycleRule[];
  /** ARN of the key that encrypts it, if that is the stack's own. */
  readonly keyArn?: string;
};

export type Queue = {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** How long it keeps messages, in seconds. */
  readonly keepsFor: number;
};

export type Job = {
  readonly logicalId: string;
  readonly name: string;
  /** Base name of the script, without its ending. */
  readonly script: string;
  readonly maxConcurrentRuns: number;
  readonly timeoutMinutes: number;
  /** ARN of its role; without one, it may do everything. */
  readonly role?: string;
  /** The catalog's database in which it has its tables. */
  readonly database?: string;
};

/** A stream of single records that become files of a bucket. */
export type Stream = {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** ARN of the role with which it puts files. */
  readonly role: string;
  readonly bucket: string;
  /** May hold the expression `!{timestamp:…}`. */
  readonly prefix: string;
  readonly extension: string;
  /** It puts a file when it has gathered that much, or for that long. */
  readonly megabytes: number;
  readonly seconds: number;
};

/** A role that something on the laptop runs with. */
export type Role = {
  readonly logicalId: string;
  readonly name: string;
  readonly arn: string;
  /** The unique id that AWS gives it: `AROA…`. */
  readonly id: string;
  readonly policies: readonly { readonly name: string; readonly document: unknown }[];
};

/** The policy of a bucket, a queue or a key. */
export type ResourcePolicy = {
  readonly name: string;
  /** ARN of the resource. */
  readonly resource: string;
  readonly document: unknown;
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
  readonly streams: readonly Stream[];
  readonly roles: readonly Role[];
  readonly policies: readonly ResourcePolicy[];
  /** Days for which logs of functions are kept; without it, they stay. */
  readonly logRetention?: number;
  /** ARN of the role with which the warehouse reads and writes the lake. */
  readonly warehouseRole?: string;
};
