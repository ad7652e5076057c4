import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { glueJobs } from './adapters/glue-jobs.ts';
import { lambda } from './adapters/lambda.ts';
import { lambdaFunctions } from './adapters/lambda-functions.ts';
import { packagedCatalog } from './adapters/packaged-catalog.ts';
import { powertoolsMetrics } from './adapters/powertools-metrics.ts';
import { s3Files } from './adapters/s3-files.ts';
import {
  type BatchJob,
  type BatchRecord,
  type Catalog,
  type Clock,
  type FileRecord,
  type Files,
  type Functions,
  fileId,
  isAt,
  isMigrated,
  isPullDue,
  isRebuildDue,
  type Jobs,
  type Ledger,
  type Log,
  largestBatch,
  lookAgain,
  type Metrics,
  martLease,
  publishGauges,
  pullerOf,
  pullId,
  readName,
  readyAgain,
  runKey,
} from './pipeline/index.ts';
import type { Mart } from './warehouse/index.ts';

type Ports = {
  files: Files;
  ledger: Ledger;
  jobs: Jobs;
  functions: Functions;
  clock: Clock;
  log: Log;
  catalog: Catalog;
};

/** Finds work whose event was lost, and asks the function that should have received it to look again. */
export const sweep = (ports: Ports) => async (): Promise<void> => {
  const datasets = await sweepLanding(ports);
  for (const dataset of new Set([...datasets, ...Object.keys(ports.catalog.datasets)]))
    await sweepDataset(ports, dataset);
  for (const mart of Object.values(ports.catalog.marts)) await sweepMart(ports, mart);
  for (const [name, { source }] of Object.entries(ports.catalog.datasets))
    if (source) await sweepPulls(ports, name, pullerOf(source));
};

/** Finds files that the ledger does not know; returns the datasets in landing. */
const sweepLanding = async ({ files, ledger, functions, log }: Ports): Promise<Set<string>> => {
  const datasets = new Set<string>();
  for await (const page of files.landed()) {
    for (const version of page) {
      const name = readName(version.key);
      if (name.kind === 'elsewhere' || name.kind === 'manifest') continue;
      datasets.add(name.dataset);
      if (await ledger.files.find(version)) continue;
      log.info('file was not seen', { file: version.key, version: version.version });
      await functions.invoke('validate-landing', lookAgain('file', fileId(version)));
    }
  }
  return datasets;
};

const sweepDataset = async (ports: Ports, dataset: string): Promise<void> => {
  const waiting = await ports.ledger.files.waiting(dataset);
  for (const file of waiting) await sweepFile(ports, file);
  const again = await ports.ledger.files.reprocessing(dataset);
  await sweepReprocessing(ports, again);
  const lease = await ports.ledger.leases.find(dataset);
  const batch = lease.holder === undefined ? undefined : await ports.ledger.batches.find(lease.holder);
  if (batch?.state === 'transforming') return sweepRun(ports, batch, 'transform');
  if (batch?.state === 'checking') return sweepRun(ports, batch, 'quality');
  const isReady = waiting.some((file) => file.state === 'accepted') || readyAgain(again).length > 0;
  if (lease.holder === undefined && !isReady) return;
  await ports.functions.invoke('run-transform', lookAgain('dataset', dataset));
};

const sweepFile = async ({ functions, ledger }: Ports, file: FileRecord): Promise<void> => {
  const look = lookAgain('file', fileId(file));
  if (file.state === 'landed') await functions.invoke('validate-landing', look);
  if (file.state === 'claimed' && (await ledger.batches.find(file.batch_id ?? ''))?.state === 'failed') {
    await functions.invoke('run-transform', lookAgain('batch', file.batch_id ?? ''));
  }
  if (['published', 'rejected', 'superseded', 'ignored', 'quarantined', 'missing'].includes(file.state))
    await functions.invoke('archive-files', look);
};

/** One batch's worth at a time: each validated file wakes the next step. */
const sweepReprocessing = async (
  { functions, ledger }: Ports,
  requested: readonly FileRecord[],
): Promise<void> => {
  for (const file of requested.filter((one) => isAt(one, 'asked')).slice(0, largestBatch))
    await functions.invoke('validate-landing', lookAgain('file', fileId(file)));
  for (const { reprocess } of requested.filter((one) => isAt(one, 'claimed'))) {
    const batch = reprocess?.batch_id ?? '';
    if ((await ledger.batches.find(batch))?.state === 'failed')
      await functions.invoke('run-transform', lookAgain('batch', batch));
  }
};

/** A run has ended, but its event was lost; a run that never began is started by the function before it. */
const sweepRun = async ({ jobs, functions }: Ports, batch: BatchRecord, job: BatchJob): Promise<void> => {
  const runs = await jobs.runsOf(job, runKey(batch.id, job, 'spec'));
  const [run] = runs;
  if (run && runs.every(({ state }) => state !== 'running'))
    await functions.invoke(afterRun[job], lookAgain('run', run.id));
};

const sweepMart = async (ports: Ports, mart: Mart): Promise<void> => {
  const { ledger, functions } = ports;
  const { holder } = await ledger.leases.find(martLease(mart.name));
  const look = lookAgain('mart', mart.name);
  if (!(await isMigrated(ledger, mart))) await functions.invoke('migrate-tables', look);
  if (holder === undefined) {
    if (await isRebuildDue(ports, mart)) await functions.invoke('rebuild-models', look);
    return;
  }
  await functions.invoke('rebuild-models', look);
};

/** Pulls that nobody began, that ended in the middle, or whose next try is due. */
const sweepPulls = async (
  { ledger, functions, clock }: Ports,
  source: string,
  puller: ReturnType<typeof pullerOf>,
): Promise<void> => {
  const now = clock.now();
  for (const pull of await ledger.pulls.of(source))
    if (isPullDue(pull, now)) await functions.invoke(puller, lookAgain('pull', pullId(pull)));
};

/** The function that continues after a job's run. */
const afterRun = { transform: 'check-quality', quality: 'settle-batch' } as const;

/** What the schedule starts: the sweep, then the gauges of what it left. */
const sweepAndMeasure =
  (ports: Ports & { readonly metrics: Metrics; readonly watchesSilence: boolean }) =>
  async (): Promise<void> => {
    await sweep(ports)();
    await publishGauges(ports);
  };

export const handler = lambda(z.unknown(), sweepAndMeasure, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  jobs: glueJobs(env('LAKE_BUCKET'), { transform: env('TRANSFORM_JOB'), quality: env('QUALITY_JOB') }),
  functions: lambdaFunctions(env('NAME')),
  catalog: packagedCatalog(),
  metrics: powertoolsMetrics(env('NAME')),
  watchesSilence: env('QUIET_ALARM') === 'true',
  clock,
  log,
}));
