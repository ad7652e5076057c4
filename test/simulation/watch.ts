import type { Item } from '../../functions/adapters/dynamo-items.ts';
import { type FileState, fileMoves } from '../../functions/pipeline/records/file.ts';
import type { KpiItem } from '../../functions/warehouse/kpis/items.ts';
import { Crash } from './scheduler.ts';
import { Rejected, Throttled } from './tables.ts';

/** Sees every write to the ledger and remembers what must never happen. */
export const newWatch = () => {
  const violations: string[] = [];
  const shown = new Map<string, number>();
  const openBatches = new Map<string, Set<string>>();

  const file = (before: Item | undefined, after: Item | undefined): void => {
    const [from, to] = [before?.state as FileState | undefined, after?.state as FileState | undefined];
    if (!from || from === to) return;
    if (!to || !fileMoves[from].includes(to)) violations.push(`${after?.pk} went from ${from} to ${to}`);
  };

  const batch = ({ id, dataset, state }: Item): void => {
    const open = openBatches.get(String(dataset)) ?? new Set();
    openBatches.set(String(dataset), open);
    if (state === 'published' || state === 'failed') open.delete(String(id));
    else open.add(String(id));
    if (open.size > 1) violations.push(`two open batches of ${dataset}: ${[...open].join(', ')}`);
  };

  return {
    violations,
    write: (before: Item | undefined, after: Item | undefined): void => {
      const pk = (after ?? before)?.pk ?? '';
      if (pk.startsWith('FILE#')) file(before, after);
      if (pk.startsWith('BATCH#') && after) batch(after);
    },
    /** The newest of the `latest` items of a partition never becomes an older one. */
    writeKpi: (pk: string, items: readonly KpiItem[]): void => {
      if (!pk.startsWith('LATEST#')) return;
      const newest = Number([...items].sort((a, b) => (a.sk < b.sk ? -1 : 1)).at(-1)?.seq ?? 0);
      const before = shown.get(pk) ?? 0;
      if (newest < before) violations.push(`${pk} shows rebuild ${newest} after ${before}`);
      shown.set(pk, newest);
    },
    /** Crashes and a KPI table that takes nothing are part of the weather; any other exception is looked at. */
    failed: (what: string, error: unknown): void => {
      if (![Crash, Throttled, Rejected].some((kind) => error instanceof kind))
        violations.push(`${what} threw ${error instanceof Error ? error.stack : error}`);
    },
  };
};
