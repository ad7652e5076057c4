import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import {
  askPull,
  lookAgain,
  newlyLanded,
  type PullRecord,
  pullerOf,
  pullId,
  pullTime,
  sourceNamed,
} from '../../functions/pipeline/index.ts';
import type { Window } from '../../functions/sources/index.ts';
import { nextCommand } from '../output/next-command.ts';
import type { LandedFile } from '../target/landing.ts';
import { untilWritten } from '../target/room.ts';
import type { Target } from '../target/target.ts';

/** What is needed to pull. */
export type Puller = Pick<Target, 'ledger' | 'functions' | 'catalog' | 'isLaptop'>;

export type PullOptions = {
  readonly confirm?: boolean;
  /** Windows that are pulled at the same time. */
  readonly atOnce: number;
  /** Hears of each window when its state changes. */
  readonly tell: (pull: PullRecord) => void;
};

/** Milliseconds between two looks at the ledger. */
const pause = { laptop: 100, aws: 2_000 };

/** Pulls windows of a source and follows each until it has landed, has failed or waits for a person. */
export const pullWindows = async (
  target: Puller,
  source: string,
  windows: readonly Window[],
  { confirm = false, atOnce, tell }: PullOptions,
): Promise<PullRecord[]> => {
  const puller = pullerOf(sourceNamed(await target.catalog(), source));
  const written = untilWritten();
  return pLimit(atOnce).map(windows, async (window) => {
    const clock = { now: () => new Date().toISOString() };
    const asked = await written(() =>
      askPull({ ledger: target.ledger, clock }, { source, ...window }, { confirm }),
    );
    tell(asked);
    if (asked.state !== 'parked')
      await written(() => target.functions.invoke(puller, lookAgain('pull', pullId(asked))));
    return ended(target, asked, tell);
  });
};

const isOver = ({ state }: PullRecord): boolean => ['landed', 'failed', 'parked'].includes(state);

/** Throws if nothing changes for longer than a function may work. */
const ended = async (target: Puller, asked: PullRecord, tell: PullOptions['tell']): Promise<PullRecord> => {
  let seen = asked;
  for (let changed = Date.now(); !isOver(seen); ) {
    if (Date.now() - changed > pullTime)
      throw new Error(
        `${pullId(seen)} is ${seen.state} for a quarter of an hour; the sweep continues it, and ${nextCommand('runs', seen.source, '--pulls')} shows it`,
      );
    await wait(target.isLaptop ? pause.laptop : pause.aws);
    const now = (await target.ledger.pulls.find(seen)) ?? seen;
    if (now.rev === seen.rev) continue;
    seen = now;
    changed = Date.now();
    tell(seen);
  }
  return seen;
};

/** The file that a pull has landed; none if nothing was new. */
export const landedBy = async (
  target: Pick<Target, 'ledger' | 'files'>,
  pull: PullRecord,
): Promise<LandedFile[]> => {
  const key = newlyLanded(pull);
  if (key === undefined) return [];
  const inLedger = (await target.ledger.files.versionsOf(key)).at(-1);
  const version = (inLedger ?? (await target.files.versionsOf(key)).at(-1))?.version;
  if (version === undefined) throw new Error(`the file of ${pullId(pull)} is gone: ${key}`);
  const name = key.slice(key.lastIndexOf('/') + 1);
  return [{ path: name, dataset: pull.source, name, key, version }];
};

/** True if what a window holds landed before, in a file that is not published: it is in quarantine. */
export const isInQuarantine = async (target: Pick<Target, 'ledger'>, pull: PullRecord): Promise<boolean> => {
  if (pull.state !== 'landed' || pull.content.key === undefined || newlyLanded(pull)) return false;
  const file = (await target.ledger.files.versionsOf(pull.content.key)).at(-1);
  return file?.state === 'rejected' || file?.state === 'quarantined';
};
