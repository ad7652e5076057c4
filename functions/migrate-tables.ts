import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { glueJobs } from './adapters/glue-jobs.ts';
import { glueOptimisers } from './adapters/glue-optimisers.ts';
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
  endTurn,
  type Files,
  type Functions,
  isMigrated,
  isOver,
  type Jobs,
  type Ledger,
  type Log,
  lookAgain,
  lookAgainFor,
  type MigrationFailure,
  type MigrationIn,
  type MigrationProgress,
  type MigrationRecord,
  martOfMigration,
  type Optimisers,
  type Queries,
  RunEnded,
  StatementEnded,
  shapeSilver,
  takeTurn,
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
  optimisers: Optimisers;
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
    if (isDeployment(input) && (await areMigrated(ports))) await keepSmall(ports);
  };

const isDeployment = (input: Input): boolean => 'command' in input && input.kind === 'deployment';

/** Then the tables are there, and the deployment may have changed how often their optimisers run. */
const areMigrated = async ({ ledger, catalog }: Ports): Promise<boolean> =>
  (await Promise.all(Object.values(catalog.marts).map((mart) => isMigrated(ledger, mart)))).every(Boolean);

const isOfRun = (input: Input): input is z.infer<typeof RunEnded> =>
  'detail' in input && 'jobRunId' in input.detail;

const martsOf = ({ marts }: Catalog, input: Input): Mart[] => {
  if (isOfRun(input) || isDeployment(input)) return Object.values(marts);
  const name = 'command' in input ? input.id : martOfMigration(input.detail.statementName);
  const mart = name === undefined ? undefined : marts[name];
  return mart ? [mart] : [];
};

const migrateMart = async (ports: Ports, mart: Mart, ended?: string): Promise<void> => {
  const migration = await beginOrContinue(ports, mart);
  const progress = migration && (await step(ports, mart, migration, ended));
  if (!progress || progress.state === 'running') return;
  await endTurn(ports.ledger, mart.name);
  const closed = await close(ports, mart, progress);
  if (closed) await wakeOthers(ports, closed);
};

/** Records the end of a migration; undefined if another process has done so. */
const close = async (
  { ledger, clock, log }: Ports,
  { name: mart }: Mart,
  progress: Exclude<MigrationProgress, { readonly state: 'running' }>,
): Promise<MigrationIn<'applied' | 'failed'> | undefined> => {
  const migration = await ledger.migrations.find(mart);
  if (migration?.state !== 'open' && migration?.state !== 'sent') return undefined;
  const { seq, losses = 0 } = migration;
  const closed_at = clock.now();
  if (progress.state === 'applied') {
    const { version } = progress;
    log.info('tables migrated', { mart, seq, version });
    return ledger.migrations.move(migration, 'applied', { version, closed_at, losses: undefined });
  }
  const { failure, reason } = progress;
  log.error('migration failed', { mart, seq, failure, reason });
  const lost = mayBeLost(failure) ? losses + 1 : undefined;
  return ledger.migrations.move(migration, 'failed', { failure, reason, closed_at, losses: lost });
};

/** The mart's rebuild goes on, and so do the marts that still need a migration: this one, too, if it was deployed again. */
const wakeOthers = async (
  { ledger, functions, catalog }: Ports,
  { mart, state }: MigrationRecord,
): Promise<void> => {
  if (state === 'applied') await functions.invoke('rebuild-models', lookAgain('mart', mart));
  for (const { name, tables_hash } of Object.values(catalog.marts)) {
    const last = await ledger.migrations.find(name);
    if (last?.version !== tables_hash || last.state === 'open' || isRetriedAtOnce(last))
      await functions.invoke('migrate-tables', lookAgain('mart', name));
  }
};

/** A run of the job for silver may have ended with its process, too. */
const mayBeLost = (failure: MigrationFailure): boolean => failure === 'lost' || failure === 'silver';

const lossesInARow = 5;

const isRetriedAtOnce = (last: MigrationRecord): boolean =>
  last.state === 'failed' && mayBeLost(last.failure) && (last.losses ?? 0) <= lossesInARow;

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

/**
 * A failed migration of the same version is tried again at once if its process was lost, else after an hour; any migration is
 * repeated if somebody asks.
 */
const isTriedAgain = (last: MigrationIn<'applied' | 'failed'>, now: string): boolean =>
  last.retry_asked_at !== undefined ||
  (last.state === 'failed' && (isRetriedAtOnce(last) || isOver(last.closed_at, hour, now)));

/** First silver, then gold when no other mart is at work. */
const step = async (
  ports: Ports,
  mart: Mart,
  migration: MigrationIn<'open' | 'sent'>,
  ended?: string,
): Promise<MigrationProgress> => {
  if (migration.state === 'sent') return continueMigration(ports, mart, migration);
  const silver = await shapeSilver(ports, ended);
  if (silver.state === 'failed') return { ...silver, failure: 'silver' };
  if (silver.state === 'running') return { state: 'running' };
  await keepSmall(ports);
  const isFree = await takeTurn(ports, mart.name);
  return isFree ? continueMigration(ports, mart, migration) : { state: 'running' };
};

/** Tables work without their optimisers for a long time, so nothing waits for them; the next migration tries again. */
const keepSmall = async ({ optimisers, catalog, log }: Ports): Promise<void> => {
  try {
    for (const dataset of Object.keys(catalog.datasets)) await optimisers.keep(dataset);
  } catch (error) {
    log.error('optimisers of silver tables could not be set', { reason: String(error) });
  }
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
    optimisers: glueOptimisers({
      account: env('ACCOUNT'),
      database: env('SILVER_DATABASE'),
      role: env('OPTIMISER_ROLE'),
      hours: Number(env('OPTIMISER_HOURS')),
    }),
    catalog: packagedCatalog(),
    name: env('NAME'),
    silver: env('SILVER_DATABASE'),
    clock,
    log,
  };
});
