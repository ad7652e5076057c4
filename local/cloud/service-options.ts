import type { Closers } from './closers.ts';
import type { Disk } from './disk.ts';
import type { Chaos } from './events/chaos.ts';
import type { Clock } from './retention/clock.ts';
import type { FoundEngine } from './state-engine.ts';
import type { Deployment } from './template/deployment.ts';

/** What every service is opened with. */
export type ServicesOptions = {
  readonly root: string;
  readonly state: string;
  readonly endpoint: string;
  readonly deployment: Deployment;
  readonly engine: FoundEngine;
  readonly chaos?: Chaos | undefined;
  /** Secrets by ARN. */
  readonly secrets: Readonly<Record<string, string>>;
  readonly closers: Closers;
  readonly disk: Disk;
  readonly clock: Clock;
  /** Writes a line to the cloud's log. */
  readonly log: (line: string) => void;
};
