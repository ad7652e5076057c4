import {
  type AnyRebuild,
  askRetry,
  lookAgain,
  type MartRuns,
  martRuns,
} from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { martsNow, readKpis } from '../follow/fed-marts.ts';
import { pause, Stuck } from '../follow/follow.ts';
import { patienceOn } from '../follow/watch.ts';
import { answer, inParts, notice } from '../output/answer.ts';
import { martNamed } from '../target/mart-named.ts';
import { onTarget, type Target, type TargetFlags } from '../target/target.ts';
import { restoreTables } from './tables.ts';

/**
 * Starts a new rebuild of a mart whose last one failed, or after its tables were created again, and shows how it ended; exit code 1
 * if it failed.
 */
export const retryMart = async (
  name: string,
  flags: TargetFlags & { readonly tables?: boolean },
): Promise<void> =>
  onTarget(flags, async (target) => {
    await target.putInForce();
    const mart = martNamed(await target.marts(), name);
    if (flags.tables) await restoreTables(target, mart);
    const before = await martRuns(target.ledger, mart);
    const isAsked = await ask(target, mart, before, flags.tables);
    const over = before.lease.holder === undefined ? before.newest : undefined;
    const runs = isAsked ? await untilRebuilt(target, mart, over) : before;
    const now = martsNow([runs], [await readKpis(target, mart)]);
    const nothing = isAsked ? [] : [`${name} has no failed rebuild, and no batch waits for one.`];
    answer(flags, { marts: now.marts }, inParts(nothing, ...now.kpis, ...now.problems));
    if (!now.isShown) process.exitCode = 1;
  });

/** Wakes the function that rebuilds the mart, with the usual command; false if there is nothing to rebuild. */
const ask = async (
  target: Target,
  mart: Mart,
  { lease, newest, pending }: MartRuns,
  isAnyway = false,
): Promise<boolean> => {
  if (lease.holder !== undefined) return true;
  const isEnded = newest?.state === 'failed' || newest?.state === 'published';
  const isDue = newest?.state === 'failed' || pending.length > 0 || (isAnyway && isEnded);
  if (!isDue) return false;
  // Else it would wait for the interval between two rebuilds.
  if (isEnded) await askRetry({ ledger: target.ledger, clock }, newest);
  await target.functions.invoke('rebuild-models', lookAgain('mart', mart.name));
  return true;
};

const clock = { now: (): string => new Date().toISOString() };

/** Waits until another rebuild than that one has ended; if one is lost, the next one follows at once. */
const untilRebuilt = async (target: Target, mart: Mart, over: AnyRebuild | undefined): Promise<MartRuns> => {
  const patience = patienceOn(target);
  let said = '';
  for (let changed = performance.now(); ; await pause()) {
    const runs = await martRuns(target.ledger, mart);
    if (isRebuilt(runs, over)) return runs;
    const line = runs.lease.holder ? `${runs.lease.holder} runs` : `${mart.name} waits for its rebuild`;
    if (line !== said) changed = performance.now();
    if (line !== said) notice(line);
    said = line;
    if (performance.now() - changed > patience)
      throw new Stuck(`${line}, and nothing has changed for ${patience / 60_000} minutes: see the logs`);
  }
};

const isRebuilt = ({ lease, newest }: MartRuns, over: AnyRebuild | undefined): boolean => {
  if (lease.holder !== undefined || !newest || newest.id === over?.id) return false;
  return newest.state === 'published' || (newest.state === 'failed' && newest.failure !== 'lost');
};
