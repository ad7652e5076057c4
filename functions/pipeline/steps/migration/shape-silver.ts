import { createHash } from 'node:crypto';
import type { SilverCatalog } from '../../catalog.ts';
import { runKey } from '../../lake-keys.ts';
import type { Files, Jobs } from '../../ports.ts';
import type { TablesSpec } from '../../spec.ts';

/** Gives the silver tables of a deployed version their columns, by one run of a job, before the warehouse reads them. */

type Ports = { readonly files: Files; readonly jobs: Jobs; readonly catalog: SilverCatalog };

/** `failed` if the run with this id was the last one, and failed. */
export type SilverShape =
  | { readonly state: 'done' }
  | { readonly state: 'running' }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * Starts the run unless the tables have their columns, or a run is at work. `ended` is a run whose end was just reported: if it
 * failed, no other begins now.
 */
export const shapeSilver = async ({ files, jobs, catalog }: Ports, ended?: string): Promise<SilverShape> => {
  const spec = specOf(catalog);
  if (await files.exists(runKey(spec.id, 'tables', 'result'))) return { state: 'done' };
  const key = runKey(spec.id, 'tables', 'spec');
  await files.writeOnce(key, JSON.stringify(spec));
  const [newest] = await jobs.runsOf('tables', key);
  if (newest?.state === 'running') return { state: 'running' };
  if (newest && newest.id === ended && newest.state === 'failed')
    return { state: 'failed', reason: newest.message ?? 'the run gives no reason' };
  await jobs.start('tables', key);
  return { state: 'running' };
};

/** Equal layouts have one spec, and so one run. */
const specOf = ({ datasets }: SilverCatalog): TablesSpec => {
  const names = Object.keys(datasets).sort();
  const tables = Object.fromEntries(
    names.flatMap((name) => (datasets[name] ? [[name, datasets[name].table]] : [])),
  );
  const hash = createHash('sha256').update(JSON.stringify(tables)).digest('hex').slice(0, 16);
  return { kind: 'tables', id: `silver-${hash}`, tables };
};
