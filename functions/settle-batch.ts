import pLimit from 'p-limit';
import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { eventBridgeEvents } from './adapters/eventbridge-events.ts';
import { glueJobs } from './adapters/glue-jobs.ts';
import { lambda } from './adapters/lambda.ts';
import { packagedCatalog } from './adapters/packaged-catalog.ts';
import { s3Files } from './adapters/s3-files.ts';
import {
  anyFile,
  asRunning,
  type BatchRecord,
  batchEvent,
  batchOfRun,
  type Catalog,
  type Clock,
  type Events,
  type FileRecord,
  type Files,
  type FileVersion,
  failBatch,
  fileEvent,
  fileId,
  followBatch,
  freeDataset,
  inLedger,
  isOver,
  isStillRunning,
  type Jobs,
  type Ledger,
  type Log,
  lookAgainFor,
  QualityResult,
  type Run,
  RunEnded,
  renderRuleReport,
  repairsOf,
  reportKey,
  runKey,
  saysUnpublished,
  settleReprocessed,
  startRun,
  transformSpec,
} from './pipeline/index.ts';

const Input = z.union([RunEnded, lookAgainFor('settle-batch')]);
type Input = z.infer<typeof Input>;

type Ports = {
  files: Files;
  ledger: Ledger;
  jobs: Jobs;
  events: Events;
  clock: Clock;
  log: Log;
  catalog: Catalog;
};
type FileOutcome = QualityResult['files'][number];

/**
 * Number of quality runs that follow each other at once; if it is still unknown whether one has published, others follow at
 * intervals.
 */
const mostQualityRuns = 3;
const longestReason = 500;
const nextTry = 15 * 60_000;

/** Records the result of a quality run for each file of its batch, closes the batch and sends the event. */
export const settleBatch =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    const jobRunId = 'command' in input ? input.id : input.detail.jobRunId;
    const found = await batchOfRun(ports, 'quality', jobRunId);
    if (!found) return ports.log.info('run belongs to no batch', { run: jobRunId });
    followBatch(ports.log, found.batch);
    if (found.batch.state === 'published') return close(ports, found.batch);
    const batch = await asRunning(ports.ledger, 'quality', found.batch, jobRunId);
    if (!batch) return;
    const result = await ports.files.readText(runKey(batch.id, 'quality', 'result'));
    if (result !== undefined) return settle(ports, batch, found.run, QualityResult.parse(JSON.parse(result)));
    await lookAgain(ports, batch);
  };

/**
 * Without a result it is unknown whether the rows are published. The next run of the same spec finds an earlier commit, so a
 * batch fails only if the last run has checked and reported that there is none.
 */
const lookAgain = async (ports: Ports, batch: BatchRecord): Promise<void> => {
  if (await isStillRunning(ports.jobs, 'quality', batch)) return;
  const runs = await ports.jobs.runsOf('quality', runKey(batch.id, 'quality', 'spec'));
  const message = runs[0]?.message ?? 'the quality run left no result';
  const isTried = runs.length >= mostQualityRuns;
  if (isTried && saysUnpublished(message)) return failBatch(ports, batch, message);
  const now = ports.clock.now();
  if (isTried && !isOver(triedAt(batch), nextTry, now))
    return ports.log.error('it is not known whether the batch is published', { batch: batch.id, message });
  const started = await startRun(ports, 'quality', batch, runs.length);
  if (started) await ports.ledger.batches.amend(started.batch, { ...started.patch, tried_at: now });
};

const triedAt = (batch: BatchRecord): string | undefined =>
  batch.state === 'checking' ? (batch.tried_at ?? batch.checking_at) : undefined;

const settle = async (
  ports: Ports,
  batch: BatchRecord,
  { dpu_seconds }: Run,
  result: QualityResult,
): Promise<void> => {
  const spec = await transformSpec(ports.files, batch.id);
  followBatch(ports.log, batch, spec);
  const { files } = spec;
  const again = new Set(files.filter(({ reprocessed }) => reprocessed).map(fileId));
  const names = new Map(files.map((file) => [fileId(file), inLedger(file)]));
  const known = await ports.ledger.files.findAll([...names.values()]);
  const records = new Map(known.map((file) => [fileId(file), file]));
  await pLimit(8).map(result.files, (outcome) => {
    const record = records.get(fileId(names.get(fileId(outcome)) ?? outcome));
    return again.has(fileId(outcome))
      ? settleReprocessed(ports, batch, outcome, spec.made_by, record)
      : settleFile(ports, batch, outcome, spec.made_by, record);
  });
  if (result.files.some((file) => file.outcome === 'published')) await addPending(ports, batch);
  const rows = result.files.reduce((sum, file) => sum + file.rows, 0);
  const published = await ports.ledger.batches.move(batch, 'published', {
    rows,
    closed_at: ports.clock.now(),
  });
  ports.log.info('batch published', {
    batch: batch.id,
    dataset: batch.dataset,
    files: result.files.length,
    rejected: result.files.filter((file) => file.outcome !== 'published').length,
    rows,
    dpu_seconds,
  });
  if (published) await close(ports, published);
};

const settleFile = async (
  ports: Ports,
  batch: BatchRecord,
  outcome: FileOutcome,
  madeBy: string | undefined,
  file: FileRecord | undefined,
): Promise<void> => {
  if (!file) return;
  const isOurs = file.state === 'claimed' && file.batch_id === batch.id;
  if (outcome.outcome === 'published') {
    if (isOurs) await recordPublished(ports, file, outcome.rows, madeBy);
    if (file.number > 1) await supersedeOlder(ports, file);
  } else {
    if (isOurs) await reject(ports, file, outcome);
    await ports.events.announce(fileEvent('File Rejected', file));
  }
};

/** Listed first: the list may name files that were never published, but must not lack a published one. */
const recordPublished = async (
  { ledger, clock }: Ports,
  file: FileRecord,
  rows: number,
  made_by: string | undefined,
): Promise<void> => {
  await ledger.files.listPublished(file);
  const made = made_by === undefined ? {} : { made_by };
  await ledger.files.move(file, 'published', { rows, published_at: clock.now(), ...made });
};

/**
 * Only a newer published version supersedes, and only now; if another process changes an older one meanwhile, it is handled
 * next time.
 */
const supersedeOlder = async (ports: Ports, { key, version }: FileVersion): Promise<void> => {
  for (;;) {
    const versions = await ports.ledger.files.versionsOf(key);
    const newest = versions.find((one) => one.version === version && one.state === 'published');
    const older = versions.filter((one) => one.number < (newest?.number ?? 0));
    await supersedeRepairs(ports, older, version);
    const left = older.find(isReplaceable);
    if (!left) return;
    await supersede(ports, left, version);
  }
};

/** Before their sources, so that an interrupted call finds them again; unpublished ones are found stale later. */
const supersedeRepairs = async (ports: Ports, older: readonly FileRecord[], by: string): Promise<void> => {
  const repairs = (await repairsOf(ports.ledger, older)).filter(({ state }) => state === 'published');
  for (const repair of repairs.reverse()) {
    if (!(await supersede(ports, repair, by))) return supersedeRepairs(ports, older, by);
  }
};

/** Then the file needs no reprocess any more. */
const supersede = async ({ ledger, clock }: Ports, file: FileRecord, by: string) => {
  const patch = { superseded_by: by, superseded_at: clock.now(), reprocess: undefined };
  const superseded = await ledger.files.move(file, 'superseded', patch);
  const { reprocess } = anyFile(file);
  if (superseded && reprocess) await ledger.files.dequeueReprocess(file, reprocess);
  return superseded;
};

const isReplaceable = ({ state }: FileRecord): boolean =>
  ['landed', 'accepted', 'parked', 'published'].includes(state);

/** Tells the marts that read the dataset about a new batch. */
const addPending = async ({ catalog, ledger }: Ports, batch: BatchRecord): Promise<void> => {
  for (const mart of Object.values(catalog.marts)) {
    if (mart.datasets.includes(batch.dataset)) await ledger.rebuilds.addPending(mart.name, batch.id);
  }
};

const reject = async (
  { files, ledger, clock }: Ports,
  file: FileRecord,
  { violations }: FileOutcome,
): Promise<void> => {
  const now = clock.now();
  const report = renderRuleReport(file, violations, now);
  await files.write(reportKey(file), `${JSON.stringify(report, null, 2)}\n`);
  const reason = shortened(violations.map(({ rule }) => rule).join('; '));
  await ledger.files.move(file, 'rejected', { reason, rejected_at: now });
};

/** The report has everything; a ledger item holds at most 400 KB. */
const shortened = (reason: string): string =>
  reason.length > longestReason ? `${reason.slice(0, longestReason)}…` : reason;

const close = async ({ ledger, events }: Ports, batch: BatchRecord): Promise<void> => {
  await freeDataset(ledger, batch);
  await events.announce(batchEvent('Batch Published', batch));
};

export const handler = lambda(Input, settleBatch, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  jobs: glueJobs(env('LAKE_BUCKET'), { quality: env('QUALITY_JOB') }),
  events: eventBridgeEvents(env('STAGE')),
  catalog: packagedCatalog(),
  clock,
  log,
}));
