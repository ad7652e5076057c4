import { ObjectGone } from '../errors.ts';
import { batchEvent } from '../events.ts';
import { batchOfSpec, correlationOf, type FileVersion, fileId, runKey } from '../lake-keys.ts';
import type { BatchJob, Clock, Events, Files, Jobs, Ledger, Log, Run } from '../ports.ts';
import type { BatchIn, BatchRecord } from '../records/batch.ts';
import type { FileRecord } from '../records/file.ts';
import { isOver, patience } from '../records/time.ts';
import { inLedger, TransformSpec } from '../spec.ts';
import { afterFailedRun } from './choose-batch.ts';
import { giveBackReprocess, isAt } from './reprocess/reprocess.ts';

/** Code shared by the functions around a batch's two runs: finds the batch, starts a run once, fails a batch. */

type Runs = { readonly ledger: Ledger; readonly jobs: Jobs; readonly clock: Clock; readonly log: Log };
type GivingBack = {
  readonly files: Files;
  readonly ledger: Ledger;
  readonly clock: Clock;
  readonly log: Log;
};
type Ending = GivingBack & { readonly events: Events };

/** The batch of a finished run, and the run; undefined if either is unknown. */
export const batchOfRun = async (
  { jobs, ledger }: { readonly jobs: Jobs; readonly ledger: Ledger },
  job: BatchJob,
  runId: string,
): Promise<{ run: Run; batch: BatchRecord } | undefined> => {
  const run = await jobs.run(job, runId);
  const batch = run && (await ledger.batches.find(batchOfSpec(run.spec)));
  return run && batch ? { run, batch } : undefined;
};

/**
 * Starts a job's run for a batch unless one was already started. The intent is written first, so that only one of two
 * concurrent callers continues, and a run whose start timed out is found by its spec. Undefined if another caller does it, or
 * the job is busy.
 */
export const startRun = async (
  { jobs, ledger, clock, log }: Runs,
  job: BatchJob,
  batch: BatchRecord,
  runsSoFar = 0,
): Promise<{ batch: BatchRecord; patch: Partial<BatchRecord> } | undefined> => {
  if (!isOver(batch.starting_at, patience, clock.now())) return undefined;
  const spec = runKey(batch.id, job, 'spec');
  const intent = await ledger.batches.amend(batch, { starting_at: clock.now() });
  if (!intent) return undefined;
  // Without an intent before this one, nobody can have started a run that the ledger does not know.
  const known = batch.starting_at === undefined ? [] : await jobs.runsOf(job, spec);
  const newest = known.length > runsSoFar ? known[0] : undefined;
  const run = newest ? newest.id : await jobs.start(job, spec, batch.correlation_id);
  if (run !== 'busy') return { batch: intent, patch: { [`${job}_run`]: run, starting_at: undefined } };
  await ledger.batches.amend(intent, { starting_at: undefined });
  log.info('job is busy, the batch waits', { job, batch: batch.id });
  return undefined;
};

/** A batch's state before and during each of its runs. */
const around = { transform: ['open', 'transforming'], quality: ['transforming', 'checking'] } as const;

/**
 * The batch of a run that has ended, in the state of that run, even if the event arrives before the start is recorded.
 * Undefined if the batch has another state.
 */
export const asRunning = async (
  ledger: Ledger,
  job: BatchJob,
  batch: BatchRecord,
  run: string,
): Promise<BatchRecord | undefined> => {
  const [before, during] = around[job];
  if (batch.state === before)
    return ledger.batches.move(batch, during, { [`${job}_run`]: run, starting_at: undefined });
  return batch.state === during ? batch : undefined;
};

/** The spec of the batch; throws if it is gone, because the batch is then unknown. */
export const transformSpec = async (files: Files, batch: string): Promise<TransformSpec> => {
  const text = await files.readText(runKey(batch, 'transform', 'spec'));
  if (text === undefined)
    throw new ObjectGone(runKey(batch, 'transform', 'spec'), `the spec of batch ${batch}`);
  return TransformSpec.parse(JSON.parse(text));
};

/** The log's lines from here on are about a batch, and about each of its files. */
export const followBatch = (
  log: Log,
  batch: Pick<BatchRecord, 'id' | 'correlation_id'>,
  spec?: TransformSpec,
) => log.follow(batch.correlation_id ?? batch.id, spec?.files.map(correlationOf));

/**
 * Closes a batch whose runs have ended without a result; only one of several concurrent callers continues to release its files.
 */
export const failBatch = async (
  ports: Ending,
  batch: BatchRecord,
  reason: string,
  isFilesFault = true,
): Promise<void> => {
  const patch = { reason, is_files_fault: isFilesFault, closed_at: ports.clock.now() };
  const failed = await ports.ledger.batches.move(batch, 'failed', patch);
  if (!failed) return;
  ports.log.error('batch failed', { batch: batch.id, reason });
  await cleanUp(ports, failed);
};

/** Releases a failed batch's files, frees the dataset and sends the event; may be repeated. */
export const cleanUp = async (ports: Ending, batch: BatchIn<'failed'>): Promise<void> => {
  await giveBack(ports, batch);
  await freeDataset(ports.ledger, batch);
  await ports.events.announce(batchEvent('Batch Failed', batch));
};

/** Releases the files that a failed batch still claims, or claimed too late. */
export const giveBack = async (ports: GivingBack, batch: BatchIn<'failed'>): Promise<void> => {
  const { files, ledger, log } = ports;
  const spec = await transformSpec(files, batch.id);
  followBatch(log, batch, spec);
  const { reason, is_files_fault } = batch;
  for (const file of await claimedBy(ledger, batch, spec.files.map(inLedger))) {
    if (isAt(file, 'claimed')) {
      await giveBackReprocess(ports, file, batch, spec.files.length);
      continue;
    }
    const { isParked, ...counts } = is_files_fault ? afterFailedRun(file, spec.files.length) : givenBack;
    await ledger.files.move(file, isParked ? 'parked' : 'accepted', { ...counts, reason });
    if (isParked) log.error('file is parked', { file: fileId(file), reason });
  }
};

const givenBack = { isParked: false } as const;

/** Frees the dataset for the next batch, unless another batch already has it. */
export const freeDataset = async (ledger: Ledger, batch: BatchRecord): Promise<void> => {
  const lease = await ledger.leases.find(batch.dataset);
  if (lease.holder === batch.id) await ledger.leases.release(lease);
};

/** Records of a batch's files that it still claims. */
const claimedBy = async (
  ledger: Ledger,
  batch: BatchRecord,
  files: readonly FileVersion[],
): Promise<FileRecord[]> => (await ledger.files.findAll(files)).filter((file) => isClaimed(file, batch));

/** True while a batch claims a file, waiting or reprocessed. */
export const isClaimed = (file: FileRecord | undefined, batch: BatchRecord): boolean =>
  isAt(file, 'claimed')
    ? file.reprocess.batch_id === batch.id
    : file?.state === 'claimed' && file.batch_id === batch.id;

/** True while another run of the same spec may still write a result. */
export const isStillRunning = async (jobs: Jobs, job: BatchJob, batch: BatchRecord): Promise<boolean> =>
  (await jobs.runsOf(job, runKey(batch.id, job, 'spec'))).some((run) => run.state === 'running');

/** Makes parked files of a dataset accepted again, and returns them. */
export const retryParked = async (ledger: Ledger, dataset: string): Promise<FileRecord[]> => {
  const parked = (await ledger.files.waiting(dataset)).filter((file) => file.state === 'parked');
  const chance = { failed_runs: 0, failed_alone: 0, batch_limit: undefined };
  const retried = await Promise.all(parked.map((file) => ledger.files.move(file, 'accepted', chance)));
  return retried.filter((file) => file !== undefined);
};
