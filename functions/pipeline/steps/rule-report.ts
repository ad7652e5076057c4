import type { Report } from '../../validation/verdict.ts';
import type { FileRecord } from '../records.ts';
import type { RuleFailure } from '../spec.ts';

/** Written beside a file that a quality rule set aside. */
export type RuleReport = Omit<Report, 'manifest' | 'findings_total' | 'counts' | 'findings'> & {
  readonly batch: string;
  readonly failures: readonly RuleFailure[];
};

/** The report of a file that broke rules: each with its metric and rows that broke it. */
export const renderRuleReport = (
  file: FileRecord,
  failures: readonly RuleFailure[],
  judgedAt: string,
): RuleReport => ({
  file: file.key,
  version: file.version,
  dataset: file.dataset,
  verdict: 'rejected',
  judged_at: judgedAt,
  records: file.records ?? 0,
  ...(file.quarantined_rows && { quarantined_rows: file.quarantined_rows }),
  batch: file.batch_id ?? '',
  failures,
});
