import type { FileVersion } from '../../functions/domain/landing.ts';
import { runKey } from '../../functions/domain/landing.ts';
import { type BatchRecord, batchId, type FileRecord, type Lease } from '../../functions/domain/ledger.ts';
import type { Files, Ledger } from '../../functions/domain/ports.ts';
import { repairsOf } from '../../functions/domain/repair/repaired.ts';
import { inLedger, TransformSpec } from '../../functions/domain/spec.ts';
import { byLanding, inQuarantine } from './in-quarantine.ts';

/** What the ledger knows of a dataset: its lease, its last batches, and every file that waits, is in quarantine or was in one of them. */
export type DatasetRuns = {
  readonly dataset: string;
  readonly lease: Lease;
  /** Newest first. */
  readonly batches: readonly BatchRecord[];
  /** In order of landing, with all versions of their keys. */
  readonly files: readonly FileRecord[];
};

type Ports = { readonly files: Pick<Files, 'list' | 'readText'>; readonly ledger: Ledger };

/** Looks back over so many batches of a dataset; older files that came to rest well are left out. */
export const datasetRuns = async (ports: Ports, dataset: string, last: number): Promise<DatasetRuns> => {
  const { ledger } = ports;
  const lease = await ledger.lease(dataset);
  const batches = await lastBatches(ledger, lease, last);
  const [waiting, quarantined, batched] = await Promise.all([
    ledger.waiting(dataset),
    inQuarantine(ports, dataset),
    Promise.all(batches.map(({ id }) => filesOfBatch(ports, id))),
  ]);
  const keys = new Set([...waiting, ...quarantined, ...batched.flat()].map(({ key }) => key));
  const versions = (await Promise.all([...keys].map((key) => ledger.versionsOf(key)))).flat();
  const repairs = (await repairsOf(ledger, versions)).filter(({ key }) => !keys.has(key));
  return { dataset, lease, batches, files: [...versions, ...repairs].sort(byLanding) };
};

/** Every fence is a batch, unless whoever took the lease went no further. */
const lastBatches = async (ledger: Ledger, { name, fence }: Lease, last: number): Promise<BatchRecord[]> => {
  const fences = Array.from({ length: Math.min(last, fence) }, (_, back) => fence - back);
  const batches = await Promise.all(fences.map((one) => ledger.batch(batchId(name, one))));
  return batches.filter((batch) => batch !== undefined);
};

/** A spec that is gone, or not yet written, names no file. */
const filesOfBatch = async ({ files }: Ports, batch: string): Promise<FileVersion[]> => {
  const text = await files.readText(runKey(batch, 'transform', 'spec'));
  return text === undefined ? [] : TransformSpec.parse(JSON.parse(text)).files.map(inLedger);
};
