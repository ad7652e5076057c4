import type { Judgement, Report } from './judgement.ts';
import type { Manifest } from './manifest.ts';

/** What a report is about: a rejected file version, and the manifest that it was judged by. */
export type ReportOf = {
  readonly file: { readonly key: string; readonly version: string; readonly dataset: string };
  readonly manifest: Pick<Manifest, 'version'>;
  /** Hex. */
  readonly manifest_sha256: string;
  readonly judgement: Extract<Judgement, { verdict: 'rejected' }>;
  /** ISO 8601 UTC. */
  readonly judged_at: string;
};

/** The report for the people who sent the file; it lies beside it in quarantine. */
export const renderReport = ({
  file,
  manifest,
  manifest_sha256,
  judgement,
  judged_at,
}: ReportOf): Report => ({
  file: file.key,
  version: file.version,
  dataset: file.dataset,
  verdict: 'rejected',
  judged_at,
  manifest: { version: manifest.version, sha256: manifest_sha256 },
  records: judgement.records,
  findings_total: judgement.total,
  counts: judgement.counts,
  findings: judgement.findings,
});
