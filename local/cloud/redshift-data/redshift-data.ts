import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Database } from '../../engines/index.ts';
import { anyDisk, type Disk } from '../disk.ts';
import type { BusEvent, Publish } from '../protocol.ts';
import { DataApi } from './data-api.ts';
import { Statements } from './execution.ts';
import { Outcomes } from './outcomes.ts';
import { ResultFiles } from './result-files.ts';
import type { Statement } from './statement.ts';
import { StatementLog } from './statement-log.ts';
import type { ObjectStore } from './transaction.ts';

export type RedshiftDataOptions = {
  /** Folder for the statements and results of the last 24 hours. */
  readonly directory: string;
  /** The warehouse. */
  readonly instance: Database;
  /** Awaited before each transaction begins, to update what the database reads from outside. */
  readonly refresh?: (sqls: readonly string[]) => Promise<void>;
  readonly store: ObjectStore;
  readonly publish: Publish;
  /** Default: a disk that is never full. */
  readonly disk?: Disk;
  /** Receives errors that belong to no statement. */
  readonly complain?: (line: string) => void;
  readonly region: string;
  readonly account: string;
};

/**
 * Opens the Redshift Data API on a DuckDB database: asynchronous, one transaction per request. After the death of the process,
 * it still answers correctly for the statements it had accepted, and announces their end.
 */
export const openRedshiftData = async (options: RedshiftDataOptions): Promise<DataApi> => {
  const scratch = join(options.directory, 'scratch');
  await rm(scratch, { recursive: true, force: true });
  await mkdir(scratch, { recursive: true });
  const log = new StatementLog(options.directory);
  const results = new ResultFiles(join(options.directory, 'results'));
  const outcomes = new Outcomes(options.instance);
  await outcomes.open();
  const eventOf = statusChange(options);
  const statements = new Statements({
    complain: () => {},
    disk: anyDisk,
    ...options,
    log,
    outcomes,
    results,
    scratch,
    eventOf,
  });
  await statements.recover();
  return new DataApi(log, results, statements, outcomes);
};

const statusChange =
  ({ region, account }: RedshiftDataOptions) =>
  ({ request, state }: Statement): BusEvent => {
    const { WorkgroupName, ClusterIdentifier = '' } = request.target;
    const last = state.parts.at(-1);
    const [service, resource] =
      WorkgroupName === undefined
        ? ['redshift', `cluster:${ClusterIdentifier}`]
        : ['redshift-serverless', `workgroup/${WorkgroupName}`];
    return {
      source: 'aws.redshift-data',
      'detail-type': 'Redshift Data Statement Status Change',
      resources: [`arn:aws:${service}:${region}:${account}:${resource}`],
      detail: {
        principal: `arn:aws:iam::${account}:root`,
        statementName: request.name ?? '',
        statementId: request.id,
        redshiftQueryId: 0,
        state: state.status,
        rows: last?.rows ?? -1,
        expireAt: Math.floor(request.createdAt / 1_000) + 86_400,
      },
    };
  };
