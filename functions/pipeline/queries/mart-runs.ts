import type { Mart } from '../../warehouse/index.ts';
import type { Ledger } from '../ports.ts';
import { type Lease, martLease } from '../records/lease.ts';
import { type AnyMigration, anyMigration } from '../records/migration.ts';
import type { AnyRebuild } from '../records/rebuild.ts';
import { lastRebuilds } from './last-rebuilds.ts';

/** Whether the tables of the deployed models exist: they do, a migration makes them, it failed, or none has begun yet. */
type TablesState = 'migrated' | 'migrating' | 'failed' | 'missing';

/** The ledger's records of a mart: its lease, its newest rebuild, the last one with published KPIs, and waiting batches. */
export type MartRuns = {
  readonly mart: string;
  readonly datasets: readonly string[];
  readonly lease: Lease;
  readonly newest?: AnyRebuild | undefined;
  readonly published?: AnyRebuild | undefined;
  readonly pending: readonly string[];
  readonly tables: TablesState;
  readonly migration?: AnyMigration | undefined;
};

/** Rebuilds of a mart, and its last migration, in their current state. */
export const martRuns = async (ledger: Ledger, mart: Mart): Promise<MartRuns> => {
  const { name, datasets } = mart;
  const lease = await ledger.leases.find(martLease(name));
  const last = await lastRebuilds(ledger, name, lease.fence);
  const found = await ledger.migrations.find(name);
  const migration = found && anyMigration(found);
  const tables = tablesState(mart, migration);
  const pending = await ledger.rebuilds.pending(name);
  return { mart: name, datasets, lease, ...last, pending, tables, migration };
};

const tablesState = ({ tables_hash }: Mart, migration: AnyMigration | undefined): TablesState => {
  if (migration?.state === 'open' || migration?.state === 'sent') return 'migrating';
  if (migration?.version !== tables_hash || migration.retry_asked_at !== undefined) return 'missing';
  return migration.state === 'failed' ? 'failed' : 'migrated';
};
