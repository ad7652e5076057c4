import type { Mart } from '../../functions/domain/catalog.ts';
import { type Lease, martLease, type RebuildRecord, rebuildId } from '../../functions/domain/ledger.ts';
import type { Ledger } from '../../functions/domain/ports.ts';

/** What the ledger knows of a mart: its lease, its newest rebuild, the last one whose KPIs are out, and batches that wait. */
export type MartRuns = {
  readonly mart: string;
  readonly datasets: readonly string[];
  readonly lease: Lease;
  readonly newest?: RebuildRecord | undefined;
  readonly published?: RebuildRecord | undefined;
  readonly pending: readonly string[];
};

/** Rebuilds of a mart as they stand. */
export const martRuns = async (ledger: Ledger, { name, datasets }: Mart): Promise<MartRuns> => {
  const lease = await ledger.lease(martLease(name));
  const newest = lease.fence === 0 ? undefined : await ledger.rebuild(rebuildId(name, lease.fence));
  const published = await lastPublished(ledger, newest);
  return { mart: name, datasets, lease, newest, published, pending: await ledger.pending(name) };
};

const lastPublished = async (
  ledger: Ledger,
  newest: RebuildRecord | undefined,
): Promise<RebuildRecord | undefined> => {
  let rebuild = newest;
  while (rebuild && rebuild.state !== 'published')
    rebuild = rebuild.follows === undefined ? undefined : await ledger.rebuild(rebuild.follows);
  return rebuild;
};
