import * as z from 'zod';
import { describeJob, type Job } from '../../engines/index.ts';
import { entryNamed, type JsonService, ServiceError } from '../protocol.ts';
import type { Retention } from '../retention/retention.ts';
import { describeRun, isAlive, type RunRecord } from './run-record.ts';
import { Runs, type RunsOptions } from './runs.ts';
import { tableOptimisers } from './table-optimisers.ts';

const Start = z.object({
  JobName: z.string(),
  Arguments: z.record(z.string(), z.string()).default({}),
  Timeout: z.number().optional(),
});
const Get = z.object({ JobName: z.string(), RunId: z.string() });
const Name = z.object({ JobName: z.string() });
const Page = z.object({
  MaxResults: z.number().int().min(1).max(200).default(200),
  NextToken: z.string().optional(),
});
const Stop = Name.extend({ JobRunIds: z.array(z.string()).min(1).max(25) });

export type Glue = JsonService & {
  readonly retention: Retention;
  /** Goes on with what the process before this one has left. */
  resume(): void;
};

/**
 * Opens Glue's jobs on this machine, with the runs stored in its folder. Each run is passed to `execute`; its end is published
 * as a `Glue Job State Change`, at least once.
 */
export const openGlue = async (options: RunsOptions): Promise<Glue> => {
  const runs = new Runs(options);
  const jobNamed = (name: string): Job => {
    const job = options.jobs.find((one) => one.name === name);
    if (!job) throw new ServiceError('EntityNotFoundException', `Job with name: ${name} not found.`);
    return job;
  };
  const runOf = (job: string, id: string): RunRecord => {
    const run = runs.get(id);
    if (run?.job === job) return run;
    throw new ServiceError('EntityNotFoundException', `Job Run ${id} of job ${job} not found.`);
  };
  const stop = (job: string, id: string): string | undefined => {
    const run = runs.get(id);
    if (run?.job !== job) return 'EntityNotFoundException';
    if (!isAlive(run)) return 'IllegalSessionStateException';
    runs.stop(run);
    return undefined;
  };
  const operations: Record<string, (input: object) => Record<string, unknown>> = {
    ...tableOptimisers(parse),
    StartJobRun: (input) => {
      const { JobName, Arguments, Timeout } = parse(Start, input);
      const job = jobNamed(JobName);
      const busy = runs.active(JobName);
      if (busy >= job.maxConcurrentRuns) {
        throw new ServiceError('ConcurrentRunsExceededException', `Concurrent runs exceeded for ${JobName}`);
      }
      return {
        JobRunId: runs.start({ ...job, timeoutMinutes: Timeout ?? job.timeoutMinutes }, Arguments).id,
      };
    },
    GetJobRun: (input) => {
      const { JobName, RunId } = parse(Get, input);
      return { JobRun: describeRun(runOf(jobNamed(JobName).name, RunId)) };
    },
    GetJobRuns: (input) => {
      const { JobName, ...page } = parse(Name.extend(Page.shape), input);
      const { items, next } = pageOf(runs.of(jobNamed(JobName).name), ({ id }) => id, page);
      return { JobRuns: items.map(describeRun), ...next };
    },
    BatchStopJobRun: (input) => {
      const { JobName, JobRunIds } = parse(Stop, input);
      const answers = JobRunIds.map((id) => ({ id, code: stop(jobNamed(JobName).name, id) }));
      return {
        SuccessfulSubmissions: answers
          .filter(({ code }) => !code)
          .map(({ id }) => ({ JobName, JobRunId: id })),
        Errors: answers
          .filter(({ code }) => code)
          .map(({ id, code }) => ({
            JobName,
            JobRunId: id,
            ErrorDetail: { ErrorCode: code, ErrorMessage: `Job Run ${id} cannot be stopped.` },
          })),
      };
    },
    GetJob: (input) => ({ Job: describeJob(jobNamed(parse(Name, input).JobName)) }),
    ListJobs: (input) => {
      const { items, next } = pageOf(options.jobs, ({ name }) => name, parse(Page, input));
      return { JobNames: items.map(({ name }) => name), ...next };
    },
  };
  return {
    handle: async (operation, input) => {
      const answer = entryNamed(operations, operation);
      if (!answer)
        throw new ServiceError('UnknownOperationException', `Glue on this machine has no ${operation}.`);
      return answer(input);
    },
    retention: runs.retention,
    resume: () => runs.resume(),
    close: () => runs.close(),
  };
};

const parse = <Input>(schema: z.ZodType<Input>, input: object): Input => {
  const parsed = schema.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new ServiceError('InvalidInputException', z.prettifyError(parsed.error));
};

/** A page of a list; the token is the id of the last item on the page. */
const pageOf = <Item>(
  all: readonly Item[],
  identity: (item: Item) => string,
  { MaxResults, NextToken }: z.infer<typeof Page>,
): { items: readonly Item[]; next: { NextToken?: string } } => {
  const start = NextToken === undefined ? 0 : all.findIndex((item) => identity(item) === NextToken) + 1;
  if (NextToken !== undefined && start === 0)
    throw new ServiceError('InvalidInputException', 'Invalid NextToken');
  const items = all.slice(start, start + MaxResults);
  const last = items.at(-1);
  return { items, next: last && start + items.length < all.length ? { NextToken: identity(last) } : {} };
};
