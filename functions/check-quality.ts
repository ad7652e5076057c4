import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { eventBridgeEvents } from './adapters/eventbridge-events.ts';
import { glueJobs } from './adapters/glue-jobs.ts';
import { lambda } from './adapters/lambda.ts';
import { packagedSilver } from './adapters/packaged-catalog.ts';
import { s3Files } from './adapters/s3-files.ts';
import {
  asRunning,
  type BatchRecord,
  batchOfRun,
  type Clock,
  type Events,
  type Files,
  failBatch,
  followBatch,
  isStillRunning,
  type Jobs,
  type Ledger,
  type Log,
  lookAgainFor,
  manifestOfBatches,
  NotInCatalog,
  personalColumns,
  type QualitySpec,
  type Run,
  RunEnded,
  runKey,
  type SilverCatalog,
  startRun,
  TransformResult,
  type TransformSpec,
  transformSpec,
} from './pipeline/index.ts';
import { compileRuleset } from './quality/index.ts';

const Input = z.union([RunEnded, lookAgainFor('check-quality')]);
type Input = z.infer<typeof Input>;

type Ports = {
  files: Files;
  ledger: Ledger;
  jobs: Jobs;
  events: Events;
  clock: Clock;
  log: Log;
  catalog: SilverCatalog;
};

/** Starts the quality run of a batch whose transform run succeeded, or fails the batch. */
export const checkQuality =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    const jobRunId = 'command' in input ? input.id : input.detail.jobRunId;
    const found = await batchOfRun(ports, 'transform', jobRunId);
    if (!found) return ports.log.info('run belongs to no batch', { run: jobRunId });
    followBatch(ports.log, found.batch);
    const batch = await asRunning(ports.ledger, 'transform', found.batch, jobRunId);
    if (!batch) return;
    const result = await ports.files.readText(runKey(batch.id, 'transform', 'result'));
    if (result !== undefined)
      return startQuality(ports, batch, found.run, TransformResult.parse(JSON.parse(result)));
    if (await isStillRunning(ports.jobs, 'transform', batch)) return;
    await failBatch(ports, batch, found.run.message ?? 'the transform run left no result');
  };

const startQuality = async (
  ports: Ports,
  batch: BatchRecord,
  { dpu_seconds }: Run,
  result: TransformResult,
): Promise<void> => {
  const transformed = await transformSpec(ports.files, batch.id);
  followBatch(ports.log, batch, transformed);
  await ports.files.writeOnce(
    runKey(batch.id, 'quality', 'spec'),
    JSON.stringify(await composeSpec(ports, batch, transformed, result)),
  );
  const started = await startRun(ports, 'quality', batch);
  if (!started) return;
  const checking = { ...started.patch, checking_at: ports.clock.now() };
  await ports.ledger.batches.move(started.batch, 'checking', checking);
  ports.log.info('quality started', { batch: batch.id, dataset: batch.dataset, dpu_seconds });
};

const composeSpec = async (
  ports: Ports,
  batch: BatchRecord,
  spec: TransformSpec,
  result: TransformResult,
): Promise<QualitySpec> => {
  const inForce = await manifestOfBatches(ports.files, batch.dataset);
  const ruleset = spec.ruleset ?? ports.catalog.datasets[batch.dataset]?.ruleset;
  if (ruleset === undefined) throw new NotInCatalog(batch.dataset, 'ruleset');
  const staged = new Map(result.files.map((file) => [`${file.key}@${file.version}`, file.staged]));
  return {
    kind: 'quality',
    batch: batch.id,
    dataset: batch.dataset,
    fence: batch.fence,
    files: spec.files.map(({ key, version, landed_at, facts, reprocessed }) => ({
      key,
      version,
      landed_at,
      records: facts.records,
      staged: staged.get(`${key}@${version}`) ?? 0,
      ...(reprocessed && { reprocessed }),
    })),
    staged: result.staged,
    ruleset: compileRuleset(
      ruleset,
      { dataset: batch.dataset, columns: spec.table.columns },
      { dialect: ports.catalog.engine },
    ),
    table: spec.table,
    pii: inForce.ok
      ? personalColumns(inForce.manifest, spec.table)
      : spec.table.columns.map(({ name }) => name),
  };
};

export const handler = lambda(Input, checkQuality, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  jobs: glueJobs(env('LAKE_BUCKET'), { transform: env('TRANSFORM_JOB'), quality: env('QUALITY_JOB') }),
  events: eventBridgeEvents(env('STAGE')),
  catalog: packagedSilver(),
  clock,
  log,
}));
