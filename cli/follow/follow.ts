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

/** The stages of a file, in order; a file of a dataset that no model reads ends at `published`. */
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

/** The stage of a file; `isDone` means that nothing more will happen by itself. */
export type Whereabouts = {
  readonly file: LandedFile;
  readonly stage: Stage;
  readonly isDone: boolean;
  readonly record?: AnyFile;
  /** Its rows are published, but the rebuild of their KPIs has failed. */
  readonly isRebuildFailed?: boolean;
};

/** Nothing has changed for so long that something must be wrong. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
}

/** What is needed to follow files. */
export type Following = {
  readonly ledger: Ledger;
  readonly files: Texts;
  /** Marts that read a dataset. */
  readonly martsOf: (dataset: string) => readonly string[];
  /** Milliseconds without a change after which files count as stuck; default: three minutes. */
  readonly patience?: number;
};

/** Milliseconds between two reads of the ledger. */
export const pause = (): Promise<void> => setTimeout(120);

const usualPatience = 180_000;

/**
 * Follows files in the ledger until all are done and reports each read; rejects with `Stuck` after too long without a change.
 */
export const follow = async (
  ports: Following,
  files: readonly LandedFile[],
  tell: (whereabouts: readonly Whereabouts[]) => void,
): Promise<Whereabouts[]> => {
  const { patience = usualPatience } = ports;
  let seen: Whereabouts[] = files.map((file) => ({ file, stage: 'landing', isDone: false }));
  for (let changed = performance.now(); ; ) {
    const limit = pLimit(8);
    const next = await limit.map(seen, async (one) =>
      one.isDone ? one : forward(one, await look(ports, one.file)),
    );
    if (next.some((one, i) => one.stage !== seen[i]?.stage)) changed = performance.now();
    seen = next;
    tell(seen);
    if (seen.every((one) => one.isDone)) return seen;
    if (performance.now() - changed > patience) throw new Stuck(stuckMessage(seen, patience));
    await pause();
  }
};

/** A failed batch releases its files; they still show the stage that they had reached. */
const forward = (before: Whereabouts, now: Whereabouts): Whereabouts => {
  const isBehind = rankOf(now.stage) < rankOf(before.stage) && rankOf(now.stage) >= 0;
  return isBehind && !now.isDone ? { ...now, stage: before.stage } : now;
};

const rankOf = (stage: Stage): number => stages.indexOf(stage as (typeof stages)[number]);

const stuckMessage = (seen: readonly Whereabouts[], patience: number): string => {
  const left = seen
    .filter((one) => !one.isDone)
    .map(({ file, stage, record }) => `${file.name} (${stage}${record?.reason ? `, ${record.reason}` : ''})`);
  return `nothing has changed for ${patience / 60_000} minutes: ${left.slice(0, 5).join(', ')}; ${nextCommand('runs')} and the logs in the state folder show more`;
};

const look = async (ports: Following, file: LandedFile): Promise<Whereabouts> => {
  const record = await ports.ledger.files.find(file);
  if (!record) return { file, stage: 'landing', isDone: false };
  return { file, record, ...(await placeOf(ports, record)) };
};

type Place = Pick<Whereabouts, 'stage' | 'isDone' | 'isRebuildFailed'>;

const moving = (stage: Stage): Place => ({ stage, isDone: false });
const done = (stage: Stage, isDone = true): Place => ({ stage, isDone });

const placeOf = async (ports: Following, record: AnyFile): Promise<Place> => {
  const isMoved = record.archived_at !== undefined;
  switch (record.state) {
    case 'landed':
      return record.reason ? done('waiting') : moving('landed');
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
      return done(record.state);
    case 'ignored':
    case 'superseded':
      return done(record.state, isMoved);
    default:
      return record.reason === lacksSilver(record.dataset) ? done('waiting') : moving('accepted');
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
  if (waitedFor.length === 0) return done(marts.length > 0 ? 'in KPIs' : 'published', isMoved);
  const failed = await Promise.all(
    waitedFor.map((mart) => hasFailed(ports, mart, pending[marts.indexOf(mart)] ?? [])),
  );
  const isRebuildFailed = failed.every(Boolean);
  return { stage: 'published', isDone: isRebuildFailed && isMoved, isRebuildFailed };
};

/** The newest rebuild failed and has tried all batches: no other rebuild starts by itself for a while. */
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
