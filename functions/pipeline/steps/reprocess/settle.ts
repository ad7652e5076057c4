import { reprocessReportKey } from '../../lake-keys.ts';
import type { Clock, Files, Ledger } from '../../ports.ts';
import type { BatchRecord, FileRecord, Reprocessed } from '../../records.ts';
import type { QualityResult } from '../../spec.ts';
import { quarantineRows } from '../quarantine-rows.ts';
import { renderRuleReport } from '../rule-report.ts';
import { endReprocess, isAt, type Reprocessing, violationsOf } from './reprocess.ts';

/** What a quality run made of a file that it was to reprocess. */

type Ports = { files: Files; ledger: Ledger; clock: Clock };
type FileOutcome = QualityResult['files'][number];

/** Records that a file's rows were replaced, or that they stay with the rules that it breaks now; done again it finds nothing to do. */
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
  // Whoever wrote the record meanwhile did not take the request away, or there is nothing left to do.
  if (!isEnded) await settleReprocessed(ports, batch, outcome, madeBy, await ports.ledger.files.find(file));
};

type Told = Pick<Reprocessed, 'batch_id' | 'made_by'>;

/** The rows that are quarantined now are durable, and lie where people look for them, before the record speaks of them. */
const replaced = async (
  ports: Ports,
  file: Reprocessing,
  rows: number,
  told: Told,
): Promise<FileRecord | undefined> => {
  const { fence } = file.reprocess;
  const found = { ...violationsOf(file.reprocess), ...told, rows };
  await quarantineRows(ports.files, { ...file, ...found }, true);
  // Rows that are quarantined now are others than somebody has dropped.
  const patch = { ...found, dismissed: undefined, ...(fence !== undefined && { fence }) };
  const before = file.batch_id === undefined ? {} : { replaced_batch: file.batch_id };
  return endReprocess(ports, file, { outcome: 'replaced', rows, ...told, ...before }, patch);
};

const kept = async (
  ports: Ports,
  file: Reprocessing,
  { failures }: FileOutcome,
  told: Told,
): Promise<FileRecord | undefined> => {
  const report = reprocessReportKey(file);
  const validated = { ...file, ...violationsOf(file.reprocess), ...told };
  const text = JSON.stringify(renderRuleReport(validated, failures, ports.clock.now()), null, 2);
  await ports.files.write(report, `${text}\n`);
  const reason = `broke ${failures.map(({ rule }) => rule).join('; ')}`;
  return endReprocess(ports, file, { outcome: 'kept', reason, violations: failures.length, report, ...told });
};
