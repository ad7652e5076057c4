import pLimit from 'p-limit';
import * as z from 'zod';
import { dynamoLedger } from './adapters/dynamo-ledger.ts';
import { eventBridgeEvents } from './adapters/eventbridge-events.ts';
import { lambda } from './adapters/lambda.ts';
import { lambdaFunctions } from './adapters/lambda-functions.ts';
import { s3Files } from './adapters/s3-files.ts';
import { temporaryScratch } from './adapters/temporary-scratch.ts';
import {
  type Clock,
  type Events,
  type FileRecord,
  type Files,
  type FileVersion,
  type Functions,
  fileEvent,
  fileId,
  isAt,
  isBeingValidated,
  type LandedName,
  type Ledger,
  type Log,
  largestBatch,
  lookAgain,
  lookAgainFor,
  ObjectCreated,
  parseFileId,
  type Reprocessing,
  readName,
  registerVersions,
  type Verdict,
  validateAgain,
  validateLanded,
} from './pipeline/index.ts';
import type { Scratch } from './validation/index.ts';

const Input = z.union([ObjectCreated, lookAgainFor('validate-landing')]);
type Input = z.infer<typeof Input>;

const createdIn = ({ detail: { object } }: ObjectCreated): FileVersion => ({
  key: object.key,
  version: object['version-id'],
});

/** If only a command names a file, nothing else is known of it. */
const unknownEvent: Pick<ObjectCreated, 'time'> & { detail: { object: { size?: number } } } = {
  detail: { object: {} },
};

type Ports = {
  files: Files;
  ledger: Ledger;
  events: Events;
  functions: Functions;
  clock: Clock;
  log: Log;
  /** Opens space on disk for the keys of a file's records. */
  scratch?: () => Scratch;
};

/**
 * Validates one landed file version against the manifest in force and records the verdict; a manifest wakes the files that wait
 * for it.
 */
export const validateLanding =
  (ports: Ports) =>
  async (input: Input): Promise<void> => {
    const file = 'command' in input ? parseFileId(input.id) : createdIn(input);
    const name = readName(file.key);
    if (name.kind === 'elsewhere') return;
    if (name.kind === 'manifest') return wakeWaiting(ports, name.dataset);
    await registerVersions(ports, file.key, name.dataset);
    const landed = await ports.ledger.files.find(file);
    if (!landed) return recordVanished(ports, file, input, name);
    if (isAt(landed, 'asked', 'accepted')) return recordAgain(ports, landed);
    const validated = landed.state === 'landed' ? await record(ports, landed) : landed;
    if (validated) await announce(ports, validated);
  };

/** A version that was gone before it was read: it is never published, and recorded as missing. */
const recordVanished = async (
  { ledger, clock, log }: Ports,
  { key, version }: FileVersion,
  input: Input,
  { dataset, kind }: Exclude<LandedName, { kind: 'elsewhere' }>,
): Promise<void> => {
  const {
    time,
    detail: {
      object: { size = 0 },
    },
  } = 'command' in input ? unknownEvent : input;
  log.info('file is gone before it was seen', { key, version });
  if (kind === 'marker') return;
  const numbers = (await ledger.files.versionsOf(key)).map(({ number }) => number);
  const now = clock.now();
  const vanished: FileRecord = {
    ...{ key, version, size, dataset, state: 'missing', rev: 1 },
    number: Math.max(0, ...numbers) + 1,
    landed_at: time === undefined ? now : new Date(time).toISOString(),
    registered_at: now,
    reason: 'its bytes were gone before they were read',
    failed_runs: 0,
    failed_alone: 0,
  };
  await ledger.files.register(vanished);
  await ledger.files.dequeue(vanished);
};

const record = async (ports: Ports, found: FileRecord): Promise<FileRecord | undefined> => {
  const landed = await noteUnanswered(ports, found);
  if (!landed) return undefined;
  const verdict = await validateLanded(ports, landed).catch((cause: unknown) =>
    noteFailure(ports, landed, cause),
  );
  const { dataset } = landed;
  ports.log.info('file validated', {
    file: fileId(landed),
    dataset,
    verdict: verdict.state,
    reason: reasonOf(verdict),
    ...saidOf(verdict),
  });
  if (verdict.state === 'landed') {
    await ports.ledger.files.amend(landed, { reason: verdict.reason });
    return undefined;
  }
  const moved = await ports.ledger.files.move(landed, verdict.state, verdict.patch);
  if (moved?.state === 'missing') await ports.ledger.files.dequeue(moved);
  return moved;
};

/** Only an event for files that wait for a batch; the file itself stays published. */
const recordAgain = async (ports: Ports, file: Reprocessing): Promise<void> => {
  const { again, record } =
    file.reprocess.state === 'asked' ? await validateAgain(ports, file) : { again: undefined, record: file };
  const { dataset } = file;
  if (again?.is === 'kept') {
    const { reason, violations, report } = again.outcome;
    ports.log.error('file keeps its rows', { file: fileId(file), dataset, reason, violations, report });
  } else ports.log.info('file validated again', { file: fileId(file), dataset, verdict: again?.is });
  if (isAt(record, 'accepted')) await ports.events.announce(fileEvent('File Accepted', file));
};

/** A validation that ended without a result, for example out of memory, is recorded by the next one, which may end like it. */
const noteUnanswered = async (
  { ledger, clock }: Ports,
  file: FileRecord,
): Promise<FileRecord | undefined> => {
  if (file.reason !== undefined || isBeingValidated(file, clock.now())) return file;
  return ledger.files.amend(file, { reason: 'its validation has not ended so far; it is tried again' });
};

/**
 * The record says why the file waits, so that no later file waits for it; the error is thrown, so that the work is tried again.
 */
const noteFailure = async ({ ledger }: Ports, file: FileRecord, cause: unknown): Promise<never> => {
  const [said = ''] = (cause instanceof Error ? cause.message : String(cause)).split('\n');
  const reason = `could not be validated, and is tried again: ${said.slice(0, 200)}`;
  // If that cannot be recorded either, the first error tells more.
  await ledger.files.amend(file, { reason }).catch(() => undefined);
  throw cause;
};

const reasonOf = (verdict: Verdict): string | undefined =>
  verdict.state === 'landed' ? verdict.reason : verdict.patch.reason;

const saidOf = (verdict: Verdict): Readonly<Record<string, unknown>> => {
  if (verdict.state !== 'accepted') return {};
  const { records, quarantined_rows, duplicate_of, drift = [] } = verdict.patch;
  return { records, quarantined_rows, duplicate_of, ...(drift.length > 0 && { drift }) };
};

const announce = async ({ events }: Ports, file: FileRecord): Promise<void> => {
  if (file.state === 'accepted') await events.announce(fileEvent('File Accepted', file));
  if (file.state === 'rejected') await events.announce(fileEvent('File Rejected', file));
  if (file.state === 'ignored') await events.announce(fileEvent('File Ignored', file));
};

const wakeWaiting = async ({ ledger, functions, clock, log }: Ports, dataset: string): Promise<void> => {
  const waiting = await ledger.files.waiting(dataset);
  const landed = waiting.filter((file) => file.state === 'landed');
  // Without a reason they count as about to be validated: batches wait for all of them.
  const woken = { reason: undefined, woken_at: clock.now() };
  await pLimit(8).map(landed, (file) => ledger.files.amend(file, woken));
  for (const file of landed) await functions.invoke('validate-landing', lookAgain('file', fileId(file)));
  const again = (await ledger.files.reprocessing(dataset))
    .filter((file) => isAt(file, 'asked'))
    .slice(0, largestBatch);
  for (const file of again) await functions.invoke('validate-landing', lookAgain('file', fileId(file)));
  if (waiting.some((file) => file.state === 'accepted'))
    await functions.invoke('run-transform', lookAgain('dataset', dataset));
  log.info('manifest landed', { dataset, waiting: landed.length });
};

export const handler = lambda(Input, validateLanding, ({ env, clock, log }) => ({
  files: s3Files(env('LAKE_BUCKET')),
  ledger: dynamoLedger(env('LEDGER_TABLE')),
  events: eventBridgeEvents(env('STAGE')),
  functions: lambdaFunctions(env('NAME')),
  scratch: temporaryScratch,
  clock,
  log,
}));
