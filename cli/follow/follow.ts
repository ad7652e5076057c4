import { setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import {
  type AnyFile,
  type Ledger,
  lacksSilver,
  lastRebuilds,
  martLease,
  rebuildSpec,
  type Texts,
} from '../../functions/pipeline/index.ts';
import { nextCommand } from '../output/next-command.ts';
import type { LandedFile } from '../target/landing.ts';

/** The places that a file passes on its way, in order; a file of a dataset that no model reads ends at `published`. */
export const stages = [
  'landing',
  'landed',
  'accepted',
  'transforming',
  'checking',
  'published',
  'in KPIs',
] as const;
export type Stage =
  | (typeof stages)[number]
  | 'quarantined'
  | 'ignored'
  | 'superseded'
  | 'parked'
  | 'waiting'
  | 'missing';

/** Where a file is; `isAtRest` once nothing more will happen by itself. */
export type Whereabouts = {
  readonly file: LandedFile;
  readonly stage: Stage;
  readonly isAtRest: boolean;
  readonly record?: AnyFile;
  /** Its rows are published, and the rebuild that was to bring them into the KPIs has failed. */
  readonly isRebuildFailed?: boolean;
};

/** Nothing has moved for so long that something must be wrong. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
}

/** What following files takes. */
export type Following = {
  readonly ledger: Ledger;
  readonly files: Texts;
  /** Marts that a dataset feeds. */
  readonly martsOf: (dataset: string) => readonly string[];
  /** Milliseconds without a change after which files count as stuck; three minutes unless told. */
  readonly patience?: number;
};

/** The time between two looks. */
export const pause = (): Promise<void> => setTimeout(120);

const usualPatience = 180_000;

/** Follows files by the ledger until all are at rest, telling each look; rejects with `Stuck` after too long without a change. */
export const follow = async (
  ports: Following,
  files: readonly LandedFile[],
  tell: (whereabouts: readonly Whereabouts[]) => void,
): Promise<Whereabouts[]> => {
  const { patience = usualPatience } = ports;
  let seen: Whereabouts[] = files.map((file) => ({ file, stage: 'landing', isAtRest: false }));
  for (let changed = performance.now(); ; ) {
    const limit = pLimit(8);
    const next = await limit.map(seen, async (one) =>
      one.isAtRest ? one : forward(one, await look(ports, one.file)),
    );
    if (next.some((one, i) => one.stage !== seen[i]?.stage)) changed = performance.now();
    seen = next;
    tell(seen);
    if (seen.every((one) => one.isAtRest)) return seen;
    if (performance.now() - changed > patience) throw new Stuck(stuckMessage(seen, patience));
    await pause();
  }
};

/** A batch that failed gives its files back: they are still shown as far as they were. */
const forward = (before: Whereabouts, now: Whereabouts): Whereabouts => {
  const isBehind = rankOf(now.stage) < rankOf(before.stage) && rankOf(now.stage) >= 0;
  return isBehind && !now.isAtRest ? { ...now, stage: before.stage } : now;
};

const rankOf = (stage: Stage): number => stages.indexOf(stage as (typeof stages)[number]);

const stuckMessage = (seen: readonly Whereabouts[], patience: number): string => {
  const left = seen
    .filter((one) => !one.isAtRest)
    .map(({ file, stage, record }) => `${file.name} (${stage}${record?.reason ? `, ${record.reason}` : ''})`);
  return `nothing has moved for ${patience / 60_000} minutes: ${left.slice(0, 5).join(', ')}; ${nextCommand('runs')} and the logs in the state's folder say more`;
};

const look = async (ports: Following, file: LandedFile): Promise<Whereabouts> => {
  const record = await ports.ledger.files.find(file);
  if (!record) return { file, stage: 'landing', isAtRest: false };
  return { file, record, ...(await placeOf(ports, record)) };
};

type Place = Pick<Whereabouts, 'stage' | 'isAtRest' | 'isRebuildFailed'>;

const moving = (stage: Stage): Place => ({ stage, isAtRest: false });
const atRest = (stage: Stage, isAtRest = true): Place => ({ stage, isAtRest });

const placeOf = async (ports: Following, record: AnyFile): Promise<Place> => {
  const isMoved = record.archived_at !== undefined;
  switch (record.state) {
    case 'landed':
      return record.reason ? atRest('waiting') : moving('landed');
    case 'claimed': {
      const batch = await ports.ledger.batches.find(record.batch_id ?? '');
      return moving(batch?.state === 'checking' ? 'checking' : 'transforming');
    }
    case 'published':
      return publishedPlace(ports, record, isMoved);
    case 'rejected':
      return moving('quarantined');
    case 'quarantined':
    case 'missing':
    case 'parked':
      return atRest(record.state);
    case 'ignored':
    case 'superseded':
      return atRest(record.state, isMoved);
    default:
      return record.reason === lacksSilver(record.dataset) ? atRest('waiting') : moving('accepted');
  }
};

const publishedPlace = async (
  ports: Following,
  { dataset, batch_id = '' }: AnyFile,
  isMoved: boolean,
): Promise<Place> => {
  const { ledger, martsOf } = ports;
  const batch = await ledger.batches.find(batch_id);
  if (batch?.state !== 'published') return moving('published');
  const marts = martsOf(dataset);
  const pending = await Promise.all(marts.map((mart) => ledger.rebuilds.pending(mart)));
  const waitedFor = marts.filter((_, at) => pending[at]?.includes(batch_id));
  if (waitedFor.length === 0) return atRest(marts.length > 0 ? 'in KPIs' : 'published', isMoved);
  const failed = await Promise.all(
    waitedFor.map((mart) => hasFailed(ports, mart, pending[marts.indexOf(mart)] ?? [])),
  );
  const isRebuildFailed = failed.every(Boolean);
  return { stage: 'published', isAtRest: isRebuildFailed && isMoved, isRebuildFailed };
};

/** The mart's newest rebuild failed, and there is no batch that it did not try: nothing follows by itself for a while. */
const hasFailed = async (
  { ledger, files }: Following,
  mart: string,
  pending: readonly string[],
): Promise<boolean> => {
  if ((await ledger.leases.find(martLease(mart))).holder !== undefined) return false;
  const { newest } = await lastRebuilds(ledger, mart);
  if (newest?.state !== 'failed' || newest.failure === 'lost') return false;
  const tried = new Set((await rebuildSpec(files, newest.id))?.batches);
  return pending.every((batch) => tried.has(batch));
};
