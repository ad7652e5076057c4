import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { glueJobs } from './adapters/glue-jobs.ts';
import { lambda } from './adapters/lambda.ts';
import { lambdaFunctions } from './adapters/lambda-functions.ts';
import { packagedCatalog } from './adapters/packaged-catalog.ts';
import { redshiftQueries } from './adapters/redshift-queries.ts';
import { redshiftWarehouse } from './adapters/redshift-warehouse.ts';
import { s3Files } from './adapters/s3-files.ts';
import {
  type Catalog,
  type Clock,
  continueMigration,
  type Files,
  type Functions,
  isOver,
  type Jobs,
  type Ledger,
  type Log,
  lookAgain,
  lookAgainFor,
  type MigrationIn,
  type MigrationRecord,
  martOfMigration,
  type Queries,
  RunEnded,
  StatementEnded,
  shapeSilver,
  type Warehouse,
} from './pipeline/index.ts';
import type { Mart } from './warehouse/index.ts';

type Ports = {
  files: Files;
  ledger: Ledger;
  jobs: Jobs;
  warehouse: Warehouse;
  queries: Queries;
  functions: Functions;
  clock: Clock;
  log: Log;
  catalog: Catalog;
  name: string;
  silver: string;
};

const Input = z.union([RunEnded, StatementEnded, lookAgainFor('migrate-tables')]);
type Input = z.infer<typeof Input>;

/**
 * Gives each mart the tables of its deployed version, once: first its silver tables, by a job, then gold. Rebuilds of a mart
 * wait for it.
 */
export const migrateTables =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    const ended = isOfRun(input) ? input.detail.jobRunId : undefined;
    for (const mart of martsOf(ports.catalog, input)) await migrateMart(ports, mart, ended);
  };

const isOfRun = (input: Input): input is z.infer<typeof RunEnded> =>
  'detail' in input && 'jobRunId' in input.detail;

const martsOf = ({ marts }: Catalog, input: Input): Mart[] => {
  if (isOfRun(input)) return Object.values(marts);
  const name = 'command' in input ? input.id : martOfMigration(input.detail.statementName);
  const mart = name === undefined ? undefined : marts[name];
  return mart ? [mart] : [];
};

const migrateMart = async (ports: Ports, mart: Mart, ended?: string): Promise<void> => {
  const { functions, log } = ports;
  const migration = await beginOrContinue(ports, mart);
  if (!migration) return;
  const after = await step(ports, mart, migration, ended);
  if (after?.state === 'failed') {
    const { seq, failure, reason } = after;
    log.error('migration failed', { mart: mart.name, seq, failure, reason });
  }
  if (after?.state === 'applied') {
    log.info('tables migrated', { mart: mart.name, seq: after.seq, version: after.version });
    await functions.invoke('rebuild-models', lookAgain('mart', mart.name));
  }
  if (after?.state === 'applied' || after?.state === 'failed') await passOn(ports, mart);
};

/** Statements of two marts at once could create the same bookkeeping twice: one mart migrates at a time. */
const turn = 'migration/gold';

/** Takes the turn unless another mart has it and is at work. */
const takeTurn = async ({ ledger, clock }: Ports, mart: Mart): Promise<boolean> => {
  const lease = await ledger.leases.find(turn);
  if (lease.holder === mart.name) return true;
  if (lease.holder !== undefined) {
    const other = await ledger.migrations.find(lease.holder);
    if (other?.state === 'open' || other?.state === 'sent') return false;
    await ledger.leases.release(lease);
  }
  const { holder: _, ...free } = lease;
  return (await ledger.leases.acquire(free, mart.name, clock.now())) !== undefined;
};

/** The marts that still need a migration go on, this one too if it was deployed again meanwhile. */
const passOn = async ({ ledger, functions, catalog }: Ports, { name }: Mart): Promise<void> => {
  const lease = await ledger.leases.find(turn);
  if (lease.holder === name) await ledger.leases.release(lease);
  for (const mart of Object.values(catalog.marts)) {
    const last = await ledger.migrations.find(mart.name);
    if (last?.version !== mart.tables_hash || last.state === 'open' || isRetriedAtOnce(last))
      await functions.invoke('migrate-tables', lookAgain('mart', mart.name));
  }
};

const lossesInARow = 5;

const isRetriedAtOnce = (last: MigrationRecord): boolean =>
  last.state === 'failed' && last.failure === 'lost' && (last.losses ?? 0) <= lossesInARow;

/** The migration at work, or a new one if the mart needs it; undefined if it does not, or a failed one has to wait. */
const beginOrContinue = async (
  { ledger, clock }: Ports,
  { name: mart, tables_hash: version }: Mart,
): Promise<MigrationIn<'open' | 'sent'> | undefined> => {
  const { migrations } = ledger;
  const last = await migrations.find(mart);
  const begun = { version, opened_at: clock.now() };
  if (!last) {
    await migrations.open({ mart, seq: 1, rev: 1, state: 'open', ...begun });
    const opened = await migrations.find(mart);
    return opened?.state === 'open' ? opened : undefined;
  }
  if (last.state === 'open' || last.state === 'sent') return last;
  if (last.version === version && !isTriedAgain(last, clock.now())) return undefined;
  const builds_on = last.state === 'applied' ? last.seq : last.builds_on;
  return migrations.move(last, 'open', {
    ...begun,
    seq: last.seq + 1,
    ...(builds_on !== undefined && { builds_on }),
  });
};

const hour = 3_600_000;

/** A failed migration of the same version is tried again at once if its process was lost, else after an hour. */
const isTriedAgain = (last: MigrationIn<'applied' | 'failed'>, now: string): boolean =>
  last.state === 'failed' && (isRetriedAtOnce(last) || isOver(last.closed_at, hour, now));

const step = async (
  ports: Ports,
  mart: Mart,
  migration: MigrationIn<'open' | 'sent'>,
  ended?: string,
): Promise<MigrationRecord | undefined> => {
  if (migration.state === 'sent') return continueMigration(ports, mart, migration);
  const silver = await shapeSilver(ports, ended);
  if (silver.state === 'running') return migration;
  if (silver.state === 'done')
    return (await takeTurn(ports, mart)) ? continueMigration(ports, mart, migration) : migration;
  const { reason } = silver;
  return ports.ledger.migrations.move(migration, 'failed', {
    failure: 'silver',
    reason,
    closed_at: ports.clock.now(),
  });
};

export const handler = lambda(Input, migrateTables, ({ env, clock, log }) => {
  const warehouse = { warehouse: env('WAREHOUSE'), database: env('DATABASE'), secret: env('ADMIN_SECRET') };
  return {
    files: s3Files(env('LAKE_BUCKET')),
    ledger: dynamoLedger(env('LEDGER_TABLE')),
    jobs: glueJobs(env('LAKE_BUCKET'), { tables: env('TABLES_JOB') }),
    warehouse: redshiftWarehouse(warehouse),
    queries: redshiftQueries(warehouse),
    functions: lambdaFunctions(env('NAME')),
    catalog: packagedCatalog(),
    name: env('NAME'),
    silver: env('SILVER_DATABASE'),
    clock,
    log,
  };
});
