import { setTimeout } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { FileRecord } from '../../functions/domain/ledger.ts';
import type { Ledger } from '../../functions/domain/ports.ts';
import type { LandedFile } from './landing.ts';

/** The places that a file passes on its way, in order. */
export const stages = [
  'landing',
  'landed',
  'accepted',
  'transforming',
  'checking',
  'published',
  'archived',
  'rebuilt',
  'KPIs',
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
  readonly record?: FileRecord;
};

/** Nothing has moved for so long that something must be wrong. */
export class Stuck extends Error {
  override readonly name = 'Stuck';
}

/** What following files takes. */
export type Following = {
  readonly ledger: Ledger;
  /** Marts that a dataset feeds. */
  readonly martsOf: (dataset: string) => readonly string[];
  /** True once the transaction of the mart's running rebuild is done. */
  readonly isRebuilt: (mart: string) => Promise<boolean>;
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
  for (let changed = Date.now(); ; ) {
    const limit = pLimit(8);
    const next = await limit.map(seen, (one) => (one.isAtRest ? one : look(ports, one.file)));
    if (next.some((one, i) => one.stage !== seen[i]?.stage)) changed = Date.now();
    seen = next;
    tell(seen);
    if (seen.every((one) => one.isAtRest)) return seen;
    if (Date.now() - changed > patience) throw new Stuck(stuckMessage(seen, patience));
    await pause();
  }
};

const stuckMessage = (seen: readonly Whereabouts[], patience: number): string => {
  const left = seen.filter((one) => !one.isAtRest).map(({ file, stage }) => `${file.name} (${stage})`);
  return `nothing has moved for ${patience / 60_000} minutes: ${left.slice(0, 5).join(', ')}; the logs in the state's folder say why`;
};

const look = async (ports: Following, file: LandedFile): Promise<Whereabouts> => {
  const record = await ports.ledger.file(file);
  if (!record) return { file, stage: 'landing', isAtRest: false };
  const [stage, isAtRest] = await stageOf(ports, record);
  return { file, record, stage, isAtRest };
};

const stageOf = async (ports: Following, record: FileRecord): Promise<[Stage, boolean]> => {
  const isMoved = record.archived_at !== undefined;
  switch (record.state) {
    case 'landed':
      return record.reason ? ['waiting', true] : ['landed', false];
    case 'claimed': {
      const batch = await ports.ledger.batch(record.batch_id ?? '');
      return [batch?.state === 'checking' ? 'checking' : 'transforming', false];
    }
    case 'published':
      return publishedStage(ports, record, isMoved);
    case 'rejected':
      return ['quarantined', false];
    case 'quarantined':
    case 'missing':
    case 'parked':
      return [record.state, true];
    case 'ignored':
    case 'superseded':
      return [record.state, isMoved];
    default:
      return ['accepted', false];
  }
};

const publishedStage = async (
  { ledger, martsOf, isRebuilt }: Following,
  { dataset, batch_id = '' }: FileRecord,
  isMoved: boolean,
): Promise<[Stage, boolean]> => {
  const batch = await ledger.batch(batch_id);
  if (batch?.state !== 'published') return ['published', false];
  for (const mart of martsOf(dataset)) {
    if (!(await ledger.pending(mart)).includes(batch_id)) continue;
    if (await isRebuilt(mart)) return ['rebuilt', false];
    return [isMoved ? 'archived' : 'published', false];
  }
  return ['KPIs', isMoved];
};
