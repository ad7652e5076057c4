import type { Mart } from '../../functions/pipeline/catalog.ts';
import type { Ledger } from '../../functions/pipeline/ports.ts';
import { lastRebuilds } from '../../functions/pipeline/queries/last-rebuilds.ts';
import { type Lease, martLease, type RebuildRecord } from '../../functions/pipeline/records.ts';

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
  const last = await lastRebuilds(ledger, name, lease.fence);
  return { mart: name, datasets, lease, ...last, pending: await ledger.pending(name) };
};
