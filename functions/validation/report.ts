import type { Manifest } from './manifest/manifest.ts';
import type { Findings, Report } from './verdict.ts';

/** What a report is about: a file version that was refused, or whose bad records were set aside, and the manifest that it was judged by. */
export type ReportOf = {
  readonly file: { readonly key: string; readonly version: string; readonly dataset: string };
  readonly manifest: Pick<Manifest, 'version'>;
  /** Hex. */
  readonly manifest_sha256: string;
  readonly judgement: Findings & {
    readonly verdict: Report['verdict'];
    readonly records: number;
    readonly quarantined_rows?: number;
  };
  /** ISO 8601 UTC. */
  readonly judged_at: string;
};

/** The report for the people who sent the file; it lies beside what is in quarantine of it. */
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
  verdict: judgement.verdict,
  judged_at,
  manifest: { version: manifest.version, sha256: manifest_sha256 },
  records: judgement.records,
  ...(judgement.quarantined_rows !== undefined && { quarantined_rows: judgement.quarantined_rows }),
  findings_total: judgement.total,
  counts: judgement.counts,
  findings: [...judgement.findings].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
});
