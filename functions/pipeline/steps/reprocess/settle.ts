import { reprocessReportKey } from '../../lake-keys.ts';
import type { Clock, Files, Ledger } from '../../ports.ts';
import type { BatchRecord } from '../../records/batch.ts';
import type { FileIn, FileRecord } from '../../records/file.ts';
import type { QualityResult } from '../../spec.ts';
import { quarantineRows } from '../quarantine-rows.ts';
import { renderRuleReport } from '../rule-report.ts';
import { acceptedFacts, endReprocess, isAt, type Reprocessing } from './reprocess.ts';

/** The result of a quality run for a reprocessed file. */

type Ports = { files: Files; ledger: Ledger; clock: Clock };
type FileOutcome = QualityResult['files'][number];

/** Records that a file's rows were replaced, or that they stay because of rules that it breaks now; may be repeated. */
export const settleReprocessed = async (
  ports: Ports,
  batch: BatchRecord,
  outcome: FileOutcome,
  madeBy: string | undefined,
  file: FileRecord | undefined,
): Promise<void> => {
  if (!isAt(file, 'claimed') || file.reprocess.batch_id !== batch.id) return;
  const told = { batch_id: batch.id, ...(madeBy !== undefined && { made_by: madeBy }) };
  const isEnded =
    outcome.outcome === 'published'
      ? await replaced(ports, file, outcome.rows, told)
      : await kept(ports, file, outcome, told);
  // If another process has changed the record, the request is still there, or there is nothing left to do.
  if (!isEnded) await settleReprocessed(ports, batch, outcome, madeBy, await ports.ledger.files.find(file));
};

type Told = { readonly batch_id: string; readonly made_by?: string };

/** The new quarantined rows are stored in their usual place before the record names them. */
const replaced = async (
  ports: Ports,
  file: Reprocessing,
  rows: number,
  told: Told,
): Promise<FileIn<'published'> | undefined> => {
  const { fence } = file.reprocess;
  const found = { ...acceptedFacts(file.reprocess), ...told, rows };
  await quarantineRows(ports.files, { ...file, ...found }, true);
  // The rows that somebody dropped are not the ones that are quarantined now.
  const patch = { ...found, dismissed: undefined, ...(fence !== undefined && { fence }) };
  const outcome = { outcome: 'replaced', rows, ...told, replaced_batch: file.batch_id } as const;
  return endReprocess(ports, file, outcome, patch);
};

const kept = async (
  ports: Ports,
  file: Reprocessing,
  { violations }: FileOutcome,
  told: Told,
): Promise<FileIn<'published'> | undefined> => {
  const report = reprocessReportKey(file);
  const validated = { ...file, ...acceptedFacts(file.reprocess), ...told };
  const text = JSON.stringify(renderRuleReport(validated, violations, ports.clock.now()), null, 2);
  await ports.files.write(report, `${text}\n`);
  const reason = `broke ${violations.map(({ rule }) => rule).join('; ')}`;
  return endReprocess(ports, file, {
    outcome: 'kept',
    reason,
    violations: violations.length,
    report,
    ...told,
  });
};
