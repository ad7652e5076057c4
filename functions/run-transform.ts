import pLimit from 'p-limit';
import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { eventBridgeEvents } from './adapters/eventbridge-events.ts';
import { glueJobs } from './adapters/glue-jobs.ts';
import { lambda } from './adapters/lambda.ts';
import { lambdaFunctions } from './adapters/lambda-functions.ts';
import { packagedSilver } from './adapters/packaged-catalog.ts';
import { s3Files } from './adapters/s3-files.ts';
import {
  BatchEvent,
  type BatchIn,
  type BatchRecord,
  batchId,
  type Clock,
  cleanUp,
  correlationOf,
  type Dataset,
  type Events,
  FileEvent,
  type FileRecord,
  type Files,
  type Functions,
  failBatch,
  fileId,
  followBatch,
  freeDataset,
  giveBack,
  inLedger,
  isAt,
  isBatchDue,
  isClaimed,
  isOfOtherDeployment,
  isOver,
  type Jobs,
  type Lease,
  type Ledger,
  type Log,
  lacksSilver,
  largestBatch,
  lookAgain,
  lookAgainFor,
  manifestOfBatches,
  patience,
  readOrWriteSpec,
  readyAgain,
  type SilverCatalog,
  startRun,
  stepReprocess,
  type Timer,
  type TransformSpec,
  waitsForDeployment,
} from './pipeline/index.ts';

const Input = z.union([FileEvent, BatchEvent, lookAgainFor('run-transform')]);
type Input = z.infer<typeof Input>;

type Ports = {
  files: Files;
  ledger: Ledger;
  jobs: Jobs;
  events: Events;
  functions: Functions;
  clock: Clock & Timer;
  log: Log;
  catalog: SilverCatalog;
  /** How long a batch waits for files that are about to be validated, in milliseconds. */
  batchWindow: number;
};

/** Opens a batch of all waiting files of the dataset and starts its transform run, or continues the open batch. */
export const runTransform =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    const { dataset, failed } = await concerned(ports, input);
    if (failed) await giveBack(ports, failed);
    if (dataset === undefined) return;
    const known = ports.catalog.datasets[dataset];
    if (!known) return sayWhatLacks(ports, dataset);
    const lease = await ports.ledger.leases.find(dataset);
    if (lease.holder === undefined && (await isDeploying(ports, dataset, known)))
      return sayWhy(ports, dataset, waitsForDeployment(dataset));
    if (lease.holder === undefined) return goOn(ports, await take(ports, lease, known), known);
    if (await isLeftBehind(ports, lease, lease.holder)) await goOn(ports, lease, known);
  };

/** A manifest may land before the SQL of its dataset is deployed. */
const sayWhatLacks = async (ports: Ports, dataset: string): Promise<void> => {
  ports.log.error('no silver SQL for the dataset', { dataset });
  await sayWhy(ports, dataset, lacksSilver(dataset));
};

/** SQL and manifest of a dataset are not yet from one deployment, but soon will be. */
const isDeploying = async ({ files }: Ports, name: string, dataset: Dataset): Promise<boolean> => {
  const inForce = await manifestOfBatches(files, name);
  return inForce.ok && (await isOfOtherDeployment(files, name, dataset, inForce.sha256));
};

const sayWhy = async ({ ledger }: Ports, dataset: string, reason: string): Promise<void> => {
  const waiting = await ledger.files.waiting(dataset);
  const unsaid = waiting.filter((file) => file.state === 'accepted' && file.reason !== reason);
  await pLimit(8).map(unsaid, (file) => ledger.files.amend(file, { reason }));
};

/** Waiting and claiming take time, more with more files. */
const isLeftBehind = async (
  { ledger, clock, batchWindow }: Ports,
  lease: Lease,
  holder: string,
): Promise<boolean> => {
  if (!isOver(lease.taken_at, batchWindow + patience, clock.now())) return false;
  const batch = await ledger.batches.find(holder);
  return batch?.state !== 'open' || isOver(batch.opened_at, patience + batch.files * claimTime, clock.now());
};

/** Milliseconds that a busy machine may take to claim one file. */
const claimTime = 200;

/** The dataset of the input, and the failed batch: a caller that was paused may have claimed a file for it meanwhile. */
const concerned = async (
  { ledger }: Ports,
  input: Input,
): Promise<{ readonly dataset: string | undefined; readonly failed?: BatchIn<'failed'> | undefined }> => {
  const isFailed = (batch: BatchRecord | undefined) => (batch?.state === 'failed' ? batch : undefined);
  if ('command' in input && input.kind === 'dataset') {
    const { holder } = await ledger.leases.find(input.id);
    return {
      dataset: input.id,
      failed: holder === undefined ? holder : isFailed(await ledger.batches.find(holder)),
    };
  }
  if ('command' in input) {
    const batch = await ledger.batches.find(input.id);
    return { dataset: batch?.dataset, failed: isFailed(batch) };
  }
  const { dataset } = input.detail;
  if (input['detail-type'] !== 'Batch Failed') return { dataset };
  return { dataset, failed: isFailed(await ledger.batches.find(input.detail.batch)) };
};

/** Takes the lease of the dataset if a file waits and a batch could hold it. */
const take = async (ports: Ports, lease: Lease, dataset: Dataset): Promise<Lease | undefined> => {
  const { ledger, clock } = ports;
  const waiting = await ledger.files.waiting(lease.name);
  const again = await ledger.files.reprocessing(lease.name);
  const isReady = waiting.some((file) => file.state === 'accepted') || readyAgain(again).length > 0;
  if (!isReady) return validateRequested(ports, again);
  if (!(await isBatchDue(ports, lease, dataset))) return undefined;
  return ledger.leases.acquire(lease, batchId(lease.name, lease.fence + 1), clock.now());
};

/** Requested files are validated one batch at a time; each accepted one wakes this function again. */
const validateRequested = async (
  { functions, ledger }: Ports,
  requested: readonly FileRecord[],
): Promise<undefined> => {
  const [first] = requested;
  if (first) await ledger.files.tidyReprocessing(first.dataset);
  const asked = requested.filter((file) => isAt(file, 'asked')).slice(0, largestBatch);
  await pLimit(8).map(asked, (file) => functions.invoke('validate-landing', lookAgain('file', fileId(file))));
};

/** Continues the batch that holds the lease until its transform run is started. */
const goOn = async (ports: Ports, lease: Lease | undefined, dataset: Dataset): Promise<void> => {
  if (!lease?.holder) return;
  const { ledger } = ports;
  const id = lease.holder;
  const known = await ledger.batches.find(id);
  if (known?.state === 'published') return freeDataset(ledger, known);
  if (known?.state === 'failed') return cleanUp(ports, known);
  if (known && known.state !== 'open') return;
  const spec = await readOrWriteSpec(ports, lease, id, dataset);
  if (spec.files.length === 0) return ledger.leases.release(lease);
  await ledger.batches.open(opened(lease, id, spec, ports.clock.now()));
  const batch = await ledger.batches.find(id);
  if (batch?.state !== 'open') return;
  followBatch(ports.log, batch, spec);
  if (!(await claimAll(ports, batch, spec)))
    return failBatch(ports, batch, 'one of its files does not wait any more', false);
  const started = await startRun(ports, 'transform', batch);
  if (!started) return;
  const transforming = { ...started.patch, transforming_at: ports.clock.now() };
  await ledger.batches.move(started.batch, 'transforming', transforming);
  ports.log.info('transform started', { batch: id, dataset: lease.name, files: spec.files.length });
};

const opened = (lease: Lease, id: string, spec: TransformSpec, now: string): BatchRecord => ({
  id,
  dataset: lease.name,
  fence: lease.fence,
  state: 'open',
  rev: 1,
  files: spec.files.length,
  opened_at: now,
  ...correlationIn(spec),
});

/** A batch is followed under the id of the file that landed first. */
const correlationIn = ({ files: [first] }: TransformSpec): Pick<BatchRecord, 'correlation_id'> =>
  first ? { correlation_id: correlationOf(first) } : {};

const claimAll = async (
  { ledger, clock }: Ports,
  batch: BatchRecord,
  spec: TransformSpec,
): Promise<boolean> => {
  const files = spec.files.map(inLedger);
  const records = new Map((await ledger.files.findAll(files)).map((record) => [fileId(record), record]));
  const claims = await pLimit(8).map(files, async (file) => {
    const record = records.get(fileId(file));
    if (isClaimed(record, batch)) return true;
    const claim = { batch_id: batch.id, fence: batch.fence, claimed_at: clock.now(), reason: undefined };
    const isDone = isAt(record, 'accepted')
      ? await stepReprocess(ledger, record, 'claimed', claim)
      : record?.state === 'accepted' && (await ledger.files.move(record, 'claimed', claim));
    // Another process may be claiming the same files for the same batch.
    return isDone || isClaimed(await ledger.files.find(file), batch);
  });
  return claims.every(Boolean);
};

export const handler = lambda(Input, runTransform, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  jobs: glueJobs(env('LAKE_BUCKET'), { transform: env('TRANSFORM_JOB') }),
  events: eventBridgeEvents(env('STAGE')),
  functions: lambdaFunctions(env('NAME')),
  catalog: packagedSilver(),
  batchWindow: Number(env('BATCH_WINDOW_SECONDS')) * 1000,
  clock,
  log,
}));
