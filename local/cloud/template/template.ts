import type { Deployment } from './deployment.ts';
import { readFunctions } from './function-section.ts';
import { openTemplate } from './reader.ts';
import {
  readBuckets,
  readJobs,
  readQueues,
  readSchedules,
  readStreams,
  readTables,
} from './resource-section.ts';
import { expectRoles, readResourcePolicies, readRoles, readWarehouseRole } from './roles.ts';

/** Stage and other options of the deployment. */
export type TemplateOptions = {
  readonly stage: string;
  readonly account: string;
  readonly region: string;
  /** Parameters that the file has other values for, as `--param` of a deployment. */
  readonly params?: Readonly<Record<string, string>>;
};

/**
 * Reads `serverless.yml` in `root`, and the files that it names, as a deployment: the only place that says which function gets
 * which event. Throws `TemplateError`, which names file and path.
 *
 * It resolves variables itself: `sls package`, which would do it, takes 3.9 s of processor time before the first start and
 * after each change of a template, this 0.2 s. A test holds functions, rules, schedules and retries against what
 * `sls package` compiles.
 */
export const readTemplate = (root: string, options: TemplateOptions): Deployment => {
  const { stage, account, region } = options;
  const template = openTemplate({ root, ...options });
  const scheduled = readSchedules(template);
  const functions = readFunctions(template, options.stage);
  const [jobs, buckets, queues] = [readJobs(template), readBuckets(template), readQueues(template)];
  const streams = readStreams(template);
  const warehouseRole = readWarehouseRole(template);
  const { logRetentionInDays: logRetention } = template.provider;
  const used = [...functions, ...jobs, ...streams, { role: warehouseRole }].flatMap(({ role }) => role ?? []);
  const roles = readRoles(template, new Set(used));
  expectRoles(template, new Set(used), roles);
  return {
    service: template.service,
    ...{ stage, account, region },
    functions: functions.map((each) => ({
      ...each,
      schedules: [
        ...each.schedules,
        ...scheduled.filter(({ target }) => target === each.arn).map(({ schedule }) => schedule),
      ],
    })),
    tables: readTables(template),
    buckets,
    queues,
    jobs,
    streams,
    roles,
    policies: readResourcePolicies(template, { buckets, queues }),
    ...(logRetention === undefined ? {} : { logRetention }),
    ...(warehouseRole === undefined ? {} : { warehouseRole }),
  };
};
