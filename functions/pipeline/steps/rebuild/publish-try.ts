import type { Clock, Ledger } from '../../ports.ts';
import {
  anyRebuild,
  type PublishedSoFar,
  type RebuildIn,
  type RebuildRecord,
} from '../../records/rebuild.ts';
import { isRebuildOver } from './rebuilding.ts';

/**
 * One try to write the KPIs of a rebuild, as the ledger records it. Each begin gets a number; a try whose number is not the last
 * one any more changes nothing and stops.
 */

type Ports = { readonly ledger: Ledger; readonly clock: Clock };

/** How long a try goes on until it records how far it is, in milliseconds. */
export const usualPause = 5_000;

export class PublishTry {
  /** What is written and confirmed. */
  done: PublishedSoFar;
  private readonly from: PublishedSoFar;
  private savedAt: number;

  constructor(
    private readonly ports: Ports,
    private record: RebuildIn<'sent'>,
    private readonly pause: number,
  ) {
    const { phase = 0, rows = 0, items = 0, is_sure = true } = record.publish_done ?? {};
    this.from = { phase, rows, items, is_sure };
    this.done = this.from;
    this.savedAt = this.now();
  }

  /** Records from time to time what is written; false if another try has begun since. */
  async reached(done: PublishedSoFar): Promise<boolean> {
    this.done = done;
    if (Math.abs(this.now() - this.savedAt) < this.pause) return true;
    this.savedAt = this.now();
    return this.amend(this.progress());
  }

  /** Records that the next try continues this one, which has nothing under way any more; false if another try has begun. */
  stop(): Promise<boolean> {
    const publish_continues = isBefore(this.from, this.done) || undefined;
    return this.amend({ ...this.progress(), publish_continues });
  }

  /** Records a failure; undefined if another try has begun since. */
  async fail(error: unknown, isTransient: boolean): Promise<RebuildIn<'sent'> | undefined> {
    const before = this.isFurther() ? 0 : (this.record.publish_failures ?? 0);
    const publish_failures = before + (isTransient ? 0 : 1);
    const publish_reason = error instanceof Error ? error.message : String(error);
    const patch = { ...this.progress(), publish_failures, publish_reason, publishing_at: undefined };
    return (await this.amend(patch)) ? this.record : undefined;
  }

  private isFurther(): boolean {
    return isBefore(this.record.publish_done ?? { phase: 0, rows: 0 }, this.done);
  }

  private progress(): Parameters<Ledger['rebuilds']['amend']>[1] {
    const publishing_at = this.ports.clock.now();
    if (!this.isFurther()) return { publishing_at };
    const publish_done = { ...this.done, tries: this.record.publish_tries ?? 0 };
    return { publishing_at, publish_done, publish_failures: 0 };
  }

  private async amend(patch: Parameters<Ledger['rebuilds']['amend']>[1]): Promise<boolean> {
    const { ledger } = this.ports;
    for (;;) {
      const amended = await ledger.rebuilds.amend<'sent'>(this.record, patch);
      const known = amended ?? (await ledger.rebuilds.find(this.record.id));
      if (known?.state !== 'sent' || known.publish_begun !== this.record.publish_begun) return false;
      this.record = known;
      if (amended) return true;
    }
  }

  private now(): number {
    return Date.parse(this.ports.clock.now());
  }
}

type Place = Pick<PublishedSoFar, 'phase' | 'rows'>;

const isBefore = (one: Place, other: Place): boolean =>
  one.phase < other.phase || (one.phase === other.phase && one.rows < other.rows);

/**
 * Begins a try and counts it, unless it continues one that stopped in time; undefined if the rebuild is over. The event may
 * arrive before the statement is recorded.
 */
export const beginTry = async (
  ports: Ports,
  { id }: RebuildRecord,
  statement_id: string,
  pause: number,
): Promise<PublishTry | undefined> => {
  const { ledger, clock } = ports;
  for (;;) {
    const rebuild = await ledger.rebuilds.find(id);
    if (!rebuild || isRebuildOver(rebuild)) return undefined;
    const { publish_tries = 0, publish_begun = 0, publish_continues } = anyRebuild(rebuild);
    const begun = {
      publish_tries: publish_tries + (publish_continues ? 0 : 1),
      publish_begun: publish_begun + 1,
      publish_continues: undefined,
      publishing_at: clock.now(),
    };
    const sent = rebuild.state === 'open' ? { statement_id, sent_at: clock.now() } : {};
    const moved = await ledger.rebuilds.move(rebuild, 'sent', { ...begun, ...sent });
    if (moved) return new PublishTry(ports, moved, pause);
  }
};
