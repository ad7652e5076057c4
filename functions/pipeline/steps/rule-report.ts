import type { RuleViolation } from '../../quality/index.ts';
import type { Report } from '../../validation/index.ts';
import type { AnyFile } from '../records/file.ts';

/** Written next to a file that breaks quality rules. */
export type RuleReport = Omit<Report, 'manifest' | 'violations_total' | 'counts' | 'violations'> & {
  readonly batch: string;
  readonly violations: readonly RuleViolation[];
};

/** The report of a file that broke rules: each with its metric and rows that broke it. */
export const renderRuleReport = (
  file: AnyFile,
  violations: readonly RuleViolation[],
  validatedAt: string,
): RuleReport => ({
  file: file.key,
  version: file.version,
  dataset: file.dataset,
  verdict: 'rejected',
  validated_at: validatedAt,
  records: file.records ?? 0,
  ...(file.quarantined_rows && { quarantined_rows: file.quarantined_rows }),
  batch: file.batch_id ?? '',
  violations,
});
