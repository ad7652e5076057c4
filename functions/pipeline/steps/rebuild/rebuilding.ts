import type { Mart, RebuildSpec } from '../../../warehouse/index.ts';
import type { Clock, Files, Ledger, Log } from '../../ports.ts';
import { lastRebuilds } from '../../queries/last-rebuilds.ts';
import { rebuildSpec } from '../../queries/rebuild-spec.ts';
import { martLease } from '../../records/lease.ts';
import { type RebuildIn, type RebuildRecord, rebuildMoves } from '../../records/rebuild.ts';
import { isOver } from '../../records/time.ts';
import { isTriedAgain } from './retrying.ts';

/** Code shared by the functions around a rebuild: its statement's name, its spec, whether one is due, how it ends. */

/**
 * Name of the statement with a rebuild's last transaction, or an earlier one; `name` is the stack's. It ends with the
 * correlation id, if there is one.
 */
export const statementName = (
  name: string,
  { id, correlation_id }: Pick<RebuildRecord, 'id' | 'correlation_id'>,
  step?: RebuildRecord['step'],
): string => {
  const own = step === undefined ? `${name}-rebuild-${id}` : `${name}-prepare-${step}-${id}`;
  return correlation_id === undefined ? own : `${own}/${correlation_id}`;
};

/** The rebuild of a statement. */
export const rebuildOfStatement = (name: string): string =>
  /-(?:rebuild|prepare-gold)-([^/]*)(?:\/.*)?$/.exec(name)?.[1] ?? name;

/** The log's lines from here on are about a rebuild, and about each file that it publishes. */
export const followRebuild = (
  log: Log,
  rebuild: Pick<RebuildRecord, 'id' | 'correlation_id'>,
  spec?: Pick<RebuildSpec, 'correlation_ids'>,
): void => log.follow(rebuild.correlation_id ?? rebuild.id, spec?.correlation_ids);

/** The mart of a rebuild's id. */
export const martOfRebuild = (rebuild: string): string => rebuild.slice(0, rebuild.lastIndexOf('-'));

/** True if the rebuild has ended. */
export const isRebuildOver = (rebuild: RebuildRecord): boolean => rebuildMoves[rebuild.state].length === 0;

/** Frees the mart for its next rebuild, unless another one already has it. */
const freeMart = async (ledger: Ledger, lease: string, rebuild: string): Promise<void> => {
  const held = await ledger.leases.find(lease);
  if (held.holder === rebuild) await ledger.leases.release(held);
};

/** Cleans up after a rebuild: if it is published, its batches no longer wait; the mart is free. */
export const closeRebuild = async (
  { ledger, files }: { readonly ledger: Ledger; readonly files: Files },
  rebuild: RebuildRecord,
): Promise<void> => {
  const batches = rebuild.state === 'published' ? (await rebuildSpec(files, rebuild.id))?.batches : undefined;
  for (const batch of batches ?? []) await ledger.rebuilds.removePending(rebuild.mart, batch);
  await freeMart(ledger, martLease(rebuild.mart), rebuild.id);
};

/** Why a rebuild failed, and what its checks found. */
export type WhyFailed = Pick<
  RebuildIn<'failed'>,
  'failure' | 'reason' | 'is_committed' | 'checks' | 'report'
>;

/** Fails a rebuild and frees its mart: the old KPIs stay in use. Undefined if another process has changed the record. */
export const failRebuild = async (
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  rebuild: RebuildRecord,
  why: WhyFailed,
): Promise<RebuildIn<'failed'> | undefined> => {
  const { newest } = await lastRebuilds(ledger, rebuild.mart, rebuild.seq - 1);
  const before = newest?.state === 'failed' ? (newest.losses ?? 0) : 0;
  const losses = why.failure === 'lost' ? before + 1 : undefined;
  const patch = { ...why, closed_at: clock.now(), publishing_at: undefined, ...(losses && { losses }) };
  const failed = await ledger.rebuilds.move(rebuild, 'failed', patch);
  if (failed) await freeMart(ledger, martLease(rebuild.mart), rebuild.id);
  return failed;
};

/**
 * True if a mart has something to rebuild: a batch that its last rebuild did not try, changed SQL, a failed rebuild whose
 * pause is over, or a request of a person.
 */
export const isRebuildDue = async (
  { ledger, files, clock }: { readonly ledger: Ledger; readonly files: Files; readonly clock: Clock },
  mart: Pick<Mart, 'name' | 'hash'>,
): Promise<boolean> => {
  const pending = await ledger.rebuilds.pending(mart.name);
  const { newest } = await lastRebuilds(ledger, mart.name);
  if (newest && newest.sql_hash !== mart.hash) return true;
  if (newest && isAskedAgain(newest)) return true;
  if (newest?.state !== 'failed') return pending.length > 0;
  if (isTriedAgain(newest, clock.now())) return true;
  const tried = new Set((await rebuildSpec(files, newest.id))?.batches);
  return pending.some((batch) => !tried.has(batch));
};

/** Somebody has requested another rebuild since this one ended. */
const isAskedAgain = (rebuild: RebuildRecord): boolean =>
  (rebuild.state === 'published' || rebuild.state === 'failed') && rebuild.retry_asked_at !== undefined;

/**
 * True if the last rebuild of a mart began so recently that the next one has to wait, because each one costs at least a minute of
 * the warehouse. New SQL and requests of a person do not wait; a lost rebuild has pauses of its own.
 */
export const isTooSoon = async (
  { ledger, clock }: { readonly ledger: Ledger; readonly clock: Clock },
  mart: Pick<Mart, 'name' | 'hash'>,
  interval: number,
): Promise<boolean> => {
  const { newest } = await lastRebuilds(ledger, mart.name);
  if (!newest || newest.sql_hash !== mart.hash || isAskedAgain(newest)) return false;
  const isLost = newest.state === 'failed' && newest.failure === 'lost';
  return !isLost && !isOver(newest.opened_at, interval, clock.now());
};
