import pLimit from 'p-limit';
import type { Field } from '../../validation/index.ts';
import type { Dataset } from '../catalog.ts';
import { lookAgain } from '../events.ts';
import { fileId, landingPrefix, readName, runKey } from '../lake-keys.ts';
import type { Clock, Files, Functions, Ledger, Timer } from '../ports.ts';
import { landedFile } from '../queries/repairs.ts';
import { type AcceptedFacts, anyFile, type FileRecord } from '../records/file.ts';
import type { Lease } from '../records/lease.ts';
import { isOver } from '../records/time.ts';
import type { SpecFile, TransformSpec } from '../spec.ts';
import { transformSpec } from './batch-run.ts';
import { type Choice, chooseBatch, isBeingValidated, largestBatch, type Waiting } from './choose-batch.ts';
import type { InForce } from './conclude-verdict.ts';
import { isOfOtherDeployment, waitsForDeployment } from './deployed-manifests.ts';
import { madeBy } from './made-by.ts';
import { isAt, isOutdated, readyAgain, stepReprocess } from './reprocess/reprocess.ts';
import { manifestInForce } from './validate-file.ts';

/** Puts waiting files into the spec of a batch. */

type Ports = {
  files: Files;
  ledger: Ledger;
  functions: Functions;
  clock: Clock & Timer;
  /** How long a batch waits for files that are about to be validated, in milliseconds. */
  batchWindow: number;
};

/** The spec is written once, even if it is empty; a second caller reads the first one's spec. */
export const readOrWriteSpec = async (
  ports: Ports,
  lease: Lease,
  id: string,
  dataset: Dataset,
): Promise<TransformSpec> => {
  const key = runKey(id, 'transform', 'spec');
  if ((await ports.files.readText(key)) === undefined) {
    await ports.files.writeOnce(key, JSON.stringify(await composeSpec(ports, lease, id, dataset)));
  }
  return transformSpec(ports.files, id);
};

const composeSpec = async (
  ports: Ports,
  lease: Lease,
  id: string,
  dataset: Dataset,
): Promise<TransformSpec> => {
  const inForce = await manifestFor(ports.files, lease.name, dataset);
  const choice = inForce.ok ? await gather(ports, lease, inForce.sha256) : nothing;
  await validateAgain(ports, choice.revalidate);
  return {
    kind: 'transform',
    batch: id,
    dataset: lease.name,
    fence: lease.fence,
    manifest_sha256: inForce.ok ? inForce.sha256 : '',
    files: choice.batch.map(specFile),
    ...landedColumns(inForce.ok ? inForce.manifest.fields : []),
    sql: dataset.sql,
    table: dataset.table,
    ruleset: dataset.ruleset,
    ...(inForce.ok && { made_by: madeBy(dataset, inForce.manifest) }),
  };
};

/**
 * True if the next batch of a dataset would have a file. Files validated under another manifest than the one in force, or under
 * a broken one, are validated again first; so without work no lease is taken, and the fence does not grow.
 */
export const isBatchDue = async (
  ports: Ports,
  { name, fence }: Pick<Lease, 'name' | 'fence'>,
  dataset: Dataset,
): Promise<boolean> => {
  const { files, ledger } = ports;
  const waiting = await ledger.files.waiting(name);
  const inForce = await manifestFor(files, name, dataset);
  if (!inForce.ok) {
    await validateAgain(
      ports,
      waiting.filter((file) => file.state === 'accepted'),
    );
    return false;
  }
  const requested = await ledger.files.reprocessing(name);
  const again = readyAgain(requested);
  const stale = [
    ...(await staleRepairs(ports, [...waiting, ...again])),
    ...withOldCopies(waiting, ports.clock.now()),
    ...(await outdated(ports, requested)),
  ];
  const choices = [waiting, again].map((some) =>
    chooseBatch(some, inForce.sha256, fence + 1, new Set(stale)),
  );
  if (choices.some(({ batch }) => batch.length > 0)) return true;
  await validateAgain(
    ports,
    choices.flatMap(({ revalidate }) => revalidate),
  );
  return false;
};

/** None if another deployment brought the manifest in force. */
const manifestFor = async (files: Files, name: string, dataset: Dataset): Promise<InForce> => {
  const inForce = await manifestInForce(files, name);
  const isOther = inForce.ok && (await isOfOtherDeployment(files, name, dataset, inForce.sha256));
  return isOther ? { ok: false, reason: waitsForDeployment(name) } : inForce;
};

/** The columns of the landed relation, and their names in the files if those differ. */
export const landedColumns = (fields: readonly Field[]): Pick<TransformSpec, 'columns' | 'sources'> => {
  const renamed = fields.filter(({ name, from }) => name !== from);
  return {
    columns: fields.map(({ name }) => name),
    ...(renamed.length > 0 && { sources: Object.fromEntries(renamed.map(({ name, from }) => [name, from])) }),
  };
};

const nothing: Choice = { batch: [], revalidate: [] };

const specFile = (file: Waiting): SpecFile => {
  const { key, version, landed_at, landed_as, facts, reprocess, stored_as } = file;
  const clean_key = file.clean_key ?? (reprocess && stored_as);
  const read = { version, landed_at, facts };
  return {
    key: landedFile(file),
    ...read,
    ...(landed_as !== undefined && { object_key: key }),
    ...(clean_key !== undefined && { clean_key }),
    ...(reprocess && { reprocessed: true }),
  };
};

/**
 * A batch has either landed or reprocessed files. The two kinds take turns, landed files first, so that neither waits for ever.
 */
const gather = async (ports: Ports, lease: Lease, manifestSha256: string): Promise<Choice> => {
  const { ledger } = ports;
  const again = readyAgain(await ledger.files.reprocessing(lease.name));
  const isLanding = (await ledger.files.waiting(lease.name)).some((file) => file.state === 'accepted');
  if (again.length > 0 && (!isLanding || lease.fence % 4 === 3))
    return collectAgain(ports, lease, manifestSha256);
  return collectLanded(ports, lease, manifestSha256);
};

/** Waits until no file of the dataset is about to be validated, the batch is full, or the time is over. */
const collectLanded = async (ports: Ports, lease: Lease, manifestSha256: string): Promise<Choice> => {
  for (let waited = 0; ; ) {
    const waiting = await ports.ledger.files.waiting(lease.name);
    const isFull = waiting.filter((file) => file.state === 'accepted').length >= largestBatch;
    if (isFull || waited >= ports.batchWindow || !(await isMoreToCome(ports, lease.name, waiting))) {
      const old = withOldCopies(waiting, ports.clock.now());
      const stale = new Set([...(await staleRepairs(ports, waiting)), ...old]);
      return chooseBatch(waiting, manifestSha256, lease.fence, stale);
    }
    waited += await pauseFor(ports, waiting.length);
  }
};

/** The same for files that are validated again. */
const collectAgain = async (ports: Ports, lease: Lease, manifestSha256: string): Promise<Choice> => {
  for (let waited = 0; ; ) {
    const requested = await ports.ledger.files.reprocessing(lease.name);
    const ready = readyAgain(requested);
    const isMore = requested
      .slice(0, largestBatch)
      .some((file) => isAt(file, 'asked') && !file.reprocess.reason);
    if (!isMore || ready.length >= largestBatch || waited >= ports.batchWindow) {
      const stale = new Set([...(await staleRepairs(ports, ready)), ...(await outdated(ports, requested))]);
      return chooseBatch(ready, manifestSha256, lease.fence, stale);
    }
    waited += await pauseFor(ports, requested.length);
  }
};

const pauseFor = async ({ clock }: Ports, files: number): Promise<number> => {
  const pause = Math.max(shortestPause, files);
  await clock.wait(pause);
  return pause;
};

/** Files with rows that were repaired after the file was validated again. */
const outdated = async ({ ledger }: Ports, requested: readonly FileRecord[]): Promise<string[]> => {
  const found = await pLimit(8).map(requested, async (file) =>
    isAt(file, 'accepted') && (await isOutdated(ledger, file)) ? [fileId(file)] : [],
  );
  return found.flat();
};

/**
 * Repairs whose source is no longer the published version, or was published again after they were validated. Only a batch of
 * this dataset can change that, and its lease is held.
 */
const staleRepairs = async (
  { ledger }: Ports,
  waiting: readonly FileRecord[],
): Promise<ReadonlySet<string>> => {
  const repairs = waiting.flatMap((file) => {
    const source = anyFile(file).repairs;
    return source ? [{ file, source }] : [];
  });
  if (repairs.length === 0) return new Set();
  const sources = await ledger.files.findAll(repairs.map(({ source }) => source));
  const published = sources.filter((source) => source.state === 'published');
  const batches = new Map(published.map((source) => [fileId(source), source.batch_id]));
  const isStale = (source: NonNullable<AcceptedFacts['repairs']>): boolean =>
    !batches.has(fileId(source)) ||
    (source.batch_id !== undefined && source.batch_id !== batches.get(fileId(source)));
  return new Set(repairs.filter(({ source }) => isStale(source)).map(({ file }) => fileId(file)));
};

/**
 * The lake deletes a clean copy two weeks after it was written (`resources/lake.yml`). A file that was parked for that long, or
 * had to wait for another reason, is validated again, which writes a new copy; its own bytes stay in landing.
 */
const copiesLast = 12 * 86_400_000;

const withOldCopies = (waiting: readonly FileRecord[], now: string): string[] =>
  waiting.flatMap((file) =>
    file.state === 'accepted' && file.clean_key !== undefined && isOver(file.accepted_at, copiesLast, now)
      ? [fileId(file)]
      : [],
  );

/** Milliseconds between two reads of the waiting files; a read costs more the more files there are. */
const shortestPause = 200;

/** A file that is about to be validated, or is in landing and was not yet seen by a function. */
const isMoreToCome = async (
  { files, clock }: Ports,
  dataset: string,
  waiting: readonly FileRecord[],
): Promise<boolean> => {
  if (waiting.some((file) => isBeingValidated(file, clock.now()))) return true;
  const seen = new Set(waiting.map(({ key }) => key));
  const landed = await files.list(landingPrefix(dataset));
  return landed.some((key) => readName(key).kind === 'file' && !seen.has(key));
};

/** Files validated under another manifest, and others that a batch cannot use, are validated again. */
const validateAgain = async (
  { ledger, functions, clock }: Ports,
  files: readonly Waiting[],
): Promise<void> => {
  for (const file of files) {
    const isBack = file.reprocess
      ? await askAgain(ledger, file)
      : await ledger.files.move(file, 'landed', { reason: undefined, woken_at: clock.now() });
    if (isBack) await functions.invoke('validate-landing', lookAgain('file', fileId(file)));
  }
};

const askAgain = async (ledger: Ledger, file: Waiting): Promise<FileRecord | undefined> => {
  const now = await ledger.files.find(file);
  return isAt(now, 'accepted') ? stepReprocess(ledger, now, 'asked') : undefined;
};
