import {
  EntityNotFoundException,
  GetJobRunCommand,
  GlueClient,
  type JobRun,
  paginateGetJobRuns,
  StartJobRunCommand,
} from '@aws-sdk/client-glue';
import type { JobName, Jobs, Run, RunState } from '../pipeline/index.ts';
import { bounded } from './bounded.ts';
import { UnknownJob } from './errors.ts';

/** Runs of one spec are close together among the newest; older pages are not read. */
const pageSize = 50;
const mostPages = 20;

const alive = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

const stateOf = (state: string | undefined): RunState => {
  if (state === 'SUCCEEDED') return 'succeeded';
  return alive.has(state ?? '') ? 'running' : 'failed';
};

const runOf = (bucket: string, run: JobRun): Run => {
  const dpu_seconds = workOf(run);
  return {
    id: run.Id ?? '',
    spec: (run.Arguments?.['--spec'] ?? '').replace(locationOf(bucket, ''), ''),
    state: stateOf(run.JobRunState),
    ...(run.ErrorMessage ? { message: run.ErrorMessage } : {}),
    ...(dpu_seconds === undefined ? {} : { dpu_seconds }),
  };
};

/** Glue counts the DPU-seconds of a run that scales; of others it gives the time and the capacity. */
const workOf = ({ DPUSeconds, ExecutionTime, MaxCapacity }: JobRun): number | undefined => {
  if (DPUSeconds !== undefined) return DPUSeconds;
  return ExecutionTime === undefined || MaxCapacity === undefined ? undefined : ExecutionTime * MaxCapacity;
};

/** The job runs as often as it may, or the account has no workers left: both end by themselves. */
const busy = new Set(['ConcurrentRunsExceededException', 'ResourceNumberLimitExceededException']);

const locationOf = (bucket: string, key: string): string => `s3://${bucket}/${key}`;

/**
 * The Glue jobs under their deployed names; a job gets the location of its spec in the lake. A start is sent only once, because
 * Glue has no client token.
 */
export const glueJobs = (bucket: string, names: Partial<Record<JobName, string>>): Jobs => {
  const client = new GlueClient({ ...bounded, maxAttempts: 1 });
  const nameOf = (job: JobName): string => {
    const name = names[job];
    if (name === undefined) throw new UnknownJob(job);
    return name;
  };
  return {
    run: async (job, id) => {
      try {
        const { JobRun } = await client.send(new GetJobRunCommand({ JobName: nameOf(job), RunId: id }));
        return JobRun && runOf(bucket, JobRun);
      } catch (error) {
        if (error instanceof EntityNotFoundException) return undefined;
        throw error;
      }
    },
    runsOf: async (job, spec) => {
      const runs: Run[] = [];
      let pages = 0;
      for await (const page of paginateGetJobRuns({ client, pageSize }, { JobName: nameOf(job) })) {
        const found = (page.JobRuns ?? [])
          .map((run) => runOf(bucket, run))
          .filter((run) => run.spec === spec);
        runs.push(...found);
        if ((runs.length > 0 && found.length === 0) || ++pages === mostPages) break;
      }
      return runs;
    },
    start: async (job, spec, correlationId) => {
      const Arguments = {
        '--spec': locationOf(bucket, spec),
        ...(correlationId !== undefined && { '--correlation_id': correlationId }),
      };
      try {
        const answer = await client.send(new StartJobRunCommand({ JobName: nameOf(job), Arguments }));
        return answer.JobRunId ?? '';
      } catch (error) {
        if (error instanceof Error && busy.has(error.name)) return 'busy';
        throw error;
      }
    },
  };
};
