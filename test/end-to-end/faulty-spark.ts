import { access, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { GetJobRunsCommand, GlueClient, type JobRun, StartJobRunCommand } from '@aws-sdk/client-glue';
import { expect, vi } from 'vitest';
import { type Cloud, startCloud } from '../../local/cloud/cloud.ts';
import { parseChaos } from '../../local/cloud/events/chaos.ts';
import { currentMetadata } from '../../local/engines/iceberg/current-metadata.ts';
import { newState } from './new-state.ts';
import { type Pipeline, pipelineAt } from './pipeline.ts';

export type Job = 'transform' | 'quality';

/** A function of a job and what goes wrong in it, as `test/glue/faults/sitecustomize.py` reads them. */
export type Fault = readonly [name: string, deed: string];

/** A snapshot of main or one that it came from. */
export type Snapshot = { readonly batch: string | undefined; readonly operation: string };

/** A cloud whose Spark processes meet faults, while every event is lost: what happens, a sweep has begun. */
export type FaultyCloud = Pipeline & {
  readonly cloud: Cloud;
  /** Holds the lake of Spark: `staging/` and `lake/`. */
  readonly lake: string;
  /** Lets a fault wait for the next call of its function. */
  arm(fault: Fault): Promise<void>;
  /** Lets the next run that calls a function wait in it. */
  hold(name: string): Promise<void>;
  release(name: string): Promise<void>;
  /** Resolves once a fault has happened. */
  happened(name: string): Promise<void>;
  /** Runs of a batch, the newest first. */
  runsOf(job: Job, batch: string): Promise<JobRun[]>;
  /** Starts one more run of a batch; answers its id. */
  startRun(job: Job, batch: string): Promise<string>;
  /** Of main, the newest first, as Iceberg's metadata has them, and the names of all branches. */
  history(dataset: string): Promise<{ snapshots: readonly Snapshot[]; branches: readonly string[] }>;
  stop(): Promise<void>;
};

const patience = { timeout: 300_000, interval: 50 };
const jobName = (job: Job): string => `soundcheck-dev-${job}`;

/** Starts the cloud on a temporary state. */
export const startFaultyCloud = async (): Promise<FaultyCloud> => {
  const state = await newState('spark');
  const faults = await mkdtemp(join(tmpdir(), 'faults-'));
  vi.stubEnv('FAULTS', faults);
  vi.stubEnv('PYTHONPATH', resolve('test/glue/faults'));
  const cloud = await startCloud({
    root: process.cwd(),
    state,
    engine: 'spark',
    sweepEvery: 1_000,
    chaos: parseChaos('lose=1'),
  });
  const pipeline = pipelineAt(cloud.environment);
  const glue = new GlueClient();
  const happenedFile = (name: string) => join(faults, `${name}.happened`);
  const specOf = (job: Job, batch: string) =>
    `s3://${cloud.environment.LAKE_BUCKET}/runs/${batch}/${job}.spec.json`;
  const arm: FaultyCloud['arm'] = async ([name, deed]) => {
    await rm(happenedFile(name), { force: true });
    await writeFile(join(faults, 'next'), deed);
    await rename(join(faults, 'next'), join(faults, name));
  };
  return {
    ...pipeline,
    cloud,
    lake: join(state, 'spark'),
    arm,
    hold: (name) => arm([name, `hold=${happenedFile(name)}`]),
    release: (name) => rm(happenedFile(name)),
    happened: (name) => vi.waitFor(() => access(happenedFile(name)), patience),
    runsOf: async (job, batch) => {
      const { JobRuns = [] } = await glue.send(new GetJobRunsCommand({ JobName: jobName(job) }));
      return JobRuns.filter(({ Arguments }) => Arguments?.['--spec'] === specOf(job, batch));
    },
    startRun: async (job, batch) => {
      const given = { JobName: jobName(job), Arguments: { '--spec': specOf(job, batch) } };
      return (await glue.send(new StartJobRunCommand(given))).JobRunId ?? '';
    },
    history: (dataset) => readHistory(join(state, 'spark', 'lake', 'silver', dataset)),
    stop: async () => {
      await cloud.stop();
      await Promise.all([state, faults].map((folder) => rm(folder, { recursive: true, force: true })));
    },
  };
};

type Metadata = {
  readonly 'current-snapshot-id': string;
  readonly refs: Readonly<Record<string, object>>;
  readonly snapshots: readonly {
    readonly 'snapshot-id': string;
    readonly 'parent-snapshot-id'?: string;
    readonly summary: Readonly<Record<string, string>>;
  }[];
};

const readHistory = async (table: string): ReturnType<FaultyCloud['history']> => {
  const text = await readFile((await currentMetadata(table)) ?? '', 'utf8');
  // Ids are beyond what a number holds.
  const metadata: Metadata = JSON.parse(text.replace(/(snapshot-id"\s*:\s*)(-?\d+)/g, '$1"$2"'));
  const known = new Map(metadata.snapshots.map((snapshot) => [snapshot['snapshot-id'], snapshot]));
  const snapshots: Snapshot[] = [];
  let next = known.get(metadata['current-snapshot-id']);
  while (next) {
    snapshots.push({ batch: next.summary['batch-id'], operation: next.summary.operation ?? '' });
    next = known.get(next['parent-snapshot-id'] ?? '');
  }
  return { snapshots, branches: Object.keys(metadata.refs) };
};

/** Waits until a run of a batch has ended, and answers it. */
export const endOf = (cloud: FaultyCloud, job: Job, batch: string, id: string | undefined): Promise<JobRun> =>
  vi.waitFor(async () => {
    const run = (await cloud.runsOf(job, batch)).find((one) => one.Id === id);
    expect(run?.CompletedOn).toBeDefined();
    return run ?? {};
  }, patience);
