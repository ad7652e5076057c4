import type { Mart } from '../../warehouse/index.ts';
import type { Ledger } from '../ports.ts';
import { type Lease, martLease } from '../records/lease.ts';
import type { AnyRebuild } from '../records/rebuild.ts';
import { lastRebuilds } from './last-rebuilds.ts';

/** The ledger's records of a mart: its lease, its newest rebuild, the last one with published KPIs, and waiting batches. */
export type MartRuns = {
  readonly mart: string;
  readonly datasets: readonly string[];
  readonly lease: Lease;
  readonly newest?: AnyRebuild | undefined;
  readonly published?: AnyRebuild | undefined;
  readonly pending: readonly string[];
};

/** Rebuilds of a mart in their current state. */
export const martRuns = async (ledger: Ledger, { name, datasets }: Mart): Promise<MartRuns> => {
  const lease = await ledger.leases.find(martLease(name));
  const last = await lastRebuilds(ledger, name, lease.fence);
  return { mart: name, datasets, lease, ...last, pending: await ledger.rebuilds.pending(name) };
};
