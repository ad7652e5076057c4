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
const mostPages = 5;

const alive = new Set(['STARTING', 'RUNNING', 'STOPPING', 'WAITING']);

const stateOf = (state: string | undefined): RunState => {
  if (state === 'SUCCEEDED') return 'succeeded';
  return alive.has(state ?? '') ? 'running' : 'failed';
};

const runOf = (bucket: string, { Id, Arguments, JobRunState, ErrorMessage }: JobRun): Run => ({
  id: Id ?? '',
  spec: (Arguments?.['--spec'] ?? '').replace(locationOf(bucket, ''), ''),
  state: stateOf(JobRunState),
  ...(ErrorMessage ? { message: ErrorMessage } : {}),
});

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
      for await (const page of paginateGetJobRuns({ client, pageSize: 200 }, { JobName: nameOf(job) })) {
        const found = (page.JobRuns ?? [])
          .map((run) => runOf(bucket, run))
          .filter((run) => run.spec === spec);
        runs.push(...found);
        if ((runs.length > 0 && found.length === 0) || ++pages === mostPages) break;
      }
      return runs;
    },
    start: async (job, spec) => {
      try {
        const answer = await client.send(
          new StartJobRunCommand({ JobName: nameOf(job), Arguments: { '--spec': locationOf(bucket, spec) } }),
        );
        return answer.JobRunId ?? '';
      } catch (error) {
        if (error instanceof Error && error.name === 'ConcurrentRunsExceededException') return 'busy';
        throw error;
      }
    },
  };
};
