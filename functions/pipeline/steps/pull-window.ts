import { ContentHash, type Source, SourceFailed, widened, withMoment } from '../../sources/index.ts';
import { pulledKey, pullingKey } from '../lake-keys.ts';
import type { Clock, Files, Ledger, Log, Pulled, Sources } from '../ports.ts';
import { type PulledContent, type PullIn, type PullRecord, pullId } from '../records/pull.ts';
import { isOver, patience } from '../records/time.ts';
import { doubtOf, lastContent } from './pull-doubt.ts';

export type PullPorts = {
  readonly files: Files;
  readonly ledger: Ledger;
  readonly sources: Sources;
  readonly clock: Clock;
  readonly log: Log;
};

/** Longer than a function may run: what began to pull before that is not at work any more. */
export const pullTime = 900_000 + patience;

/** After so many failures a pull waits for a person: about half a day. */
export const mostTries = 16;

const minute = 60_000;
const longestPause = 60 * minute;

/** Milliseconds until the next try: one minute, then twice as long each time, an hour at most. */
export const pauseAfter = (tries: number): number => Math.min(longestPause, minute * 2 ** (tries - 1));

/**
 * Pulls one window of a source and lands it as one file of its dataset. All records are staged before the first of them can
 * land. Content that the window had already lands nothing. An interrupted pull starts again; one whose records are staged only
 * lands them. `invocation` is what all tries of one invocation have in common.
 */
export const pullWindow = async (
  ports: PullPorts,
  source: Source,
  record: PullRecord,
  invocation?: string,
): Promise<void> => {
  if (record.state === 'pulled') return land(ports, record);
  if (!isFree(record, ports.clock.now(), invocation)) return;
  const begun = await begin(ports, record, invocation);
  if (!begun) return;
  const staged = await stage(ports, source, begun);
  if (staged) await land(ports, staged);
};

/**
 * Nobody else is at work on it, and it does not wait for a person or for its next try. Where this very invocation was at work, its
 * process has died; if the event was only delivered twice, the one that began later lands the window.
 */
const isFree = (record: PullRecord, now: string, invocation?: string): boolean => {
  if (record.state === 'asked') return true;
  if (record.state === 'pulling')
    return (
      isOver(record.started_at, pullTime, now) ||
      (invocation !== undefined && record.invocation === invocation)
    );
  return record.state === 'failed' && record.retry_at !== undefined && record.retry_at <= now;
};

/**
 * Work is left that nobody seems to do: a lost request, a dead process, a failure whose next try is due. Staged records are
 * usually being landed; two processes at once could land them as two versions of one file.
 */
export const isPullDue = (record: PullRecord, now: string): boolean =>
  (record.state === 'pulled' && isOver(record.pulled_at, patience, now)) ||
  (isFree(record, now) && (record.state !== 'asked' || isOver(record.asked_at, patience, now)));

const begin = (
  { ledger, clock }: PullPorts,
  record: PullRecord,
  invocation: string | undefined,
): Promise<PullIn<'pulling'> | undefined> =>
  ledger.pulls.move(record, 'pulling', {
    attempt: record.attempt + 1,
    started_at: clock.now(),
    invocation,
  });

/** Stages all records; undefined if there is nothing to land. */
const stage = async (
  ports: PullPorts,
  source: Source,
  record: PullIn<'pulling'>,
): Promise<PullIn<'pulled'> | undefined> => {
  try {
    return await stageAll(ports, source, record);
  } catch (error) {
    if (!(error instanceof SourceFailed)) throw error;
    await fail(ports, record, error.message);
    return undefined;
  }
};

const stageAll = async (
  ports: PullPorts,
  source: Source,
  record: PullIn<'pulling'>,
): Promise<PullIn<'pulled'> | undefined> => {
  const { files, ledger, sources, clock, log } = ports;
  const observed_at = record.started_at;
  const opened = await sources.open(source, widened(record, source.overlap_days));
  const hash = new ContentHash();
  const staged_key = pullingKey(record, record.attempt);
  await files.writeStream(staged_key, linesOf(opened, hash, source.observed_at, observed_at));
  const { identity } = opened;
  const found = {
    sha256: hash.hex(),
    records: hash.count,
    observed_at,
    ...(identity === undefined ? {} : { identity }),
  };
  const last = await lastContent(ledger, record.source);
  const doubt = record.is_confirmed ? undefined : doubtOf(source, last, found);
  if (doubt !== undefined) {
    log.error('pull is parked', { pull: pullId(record), reason: doubt });
    await ledger.pulls.move(record, 'parked', { parked_at: clock.now(), reason: doubt });
    return undefined;
  }
  // A snapshot is the same whatever the window.
  const known = source.snapshot ? last : record.content;
  if (found.sha256 === known?.sha256 || found.records === 0) {
    await settle(ports, record, { ...found, ...keyOf(known, found) }, 'nothing new was pulled');
    return undefined;
  }
  const pulled = { ...found, key: pulledKey(record, record.attempt) };
  return ledger.pulls.move(record, 'pulled', { pulled, staged_key, pulled_at: clock.now() });
};

const keyOf = (before: PulledContent | undefined, now: PulledContent): { readonly key?: string } =>
  before?.key !== undefined && before.sha256 === now.sha256 ? { key: before.key } : {};

/** One line for each record, with the moment of the pull in front of its fields. */
async function* linesOf(
  { pages }: Pulled,
  hash: ContentHash,
  field: string | undefined,
  observed_at: string,
): AsyncGenerator<Uint8Array> {
  for await (const page of pages) {
    if (page.length === 0) continue;
    for (const record of page) hash.add(record);
    yield Buffer.from(page.map((record) => `${withMoment(record, field, observed_at)}\n`).join(''));
  }
}

const fail = async (
  ports: PullPorts,
  record: PullIn<'pulling' | 'pulled'>,
  reason: string,
): Promise<void> => {
  const { ledger, clock, log } = ports;
  const now = clock.now();
  const tries = record.tries + 1;
  const retry_at =
    tries < mostTries ? new Date(Date.parse(now) + pauseAfter(tries)).toISOString() : undefined;
  log.error(retry_at === undefined ? 'pull is given up' : 'pull failed', {
    pull: pullId(record),
    reason,
    tries,
  });
  await ledger.pulls.move(record, 'failed', { failed_at: now, reason, tries, retry_at });
};

/** Copies the staged bytes to landing, unless they are there or have been: the intent is recorded before. */
const land = async (ports: PullPorts, record: PullIn<'pulled'>): Promise<void> => {
  const { files, ledger } = ports;
  const { key = '' } = record.pulled;
  const isKnown = (await files.versionsOf(key)).length > 0 || (await ledger.files.versionsOf(key)).length > 0;
  if (!isKnown && !(await copyStaged(ports, record, key)))
    return fail(ports, record, 'its staged records are gone');
  await settle(ports, record, record.pulled, 'pull landed');
};

const copyStaged = async (
  { files }: PullPorts,
  { staged_key }: PullIn<'pulled'>,
  key: string,
): Promise<boolean> => {
  const staged = (await files.versionsOf(staged_key)).at(-1);
  return staged !== undefined && (await files.copy(staged, key)) === 'copied';
};

const settle = async (
  { ledger, clock, log }: PullPorts,
  record: PullIn<'pulling' | 'pulled'>,
  content: PulledContent,
  message: string,
): Promise<void> => {
  const patch = { content, checked_at: clock.now(), tries: 0, is_confirmed: undefined };
  if (await ledger.pulls.move(record, 'landed', patch))
    log.info(message, { pull: pullId(record), file: content.key, records: content.records });
};
