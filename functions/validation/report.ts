import type { Manifest } from './manifest/manifest.ts';
import type { Report, Violations } from './verdict.ts';

/**
 * The subject of a report: a file version that was rejected, or has quarantined records, and the manifest of its validation.
 */
export type ReportOf = {
  readonly file: { readonly key: string; readonly version: string; readonly dataset: string };
  readonly manifest: Pick<Manifest, 'version'>;
  /** Hex. */
  readonly manifest_sha256: string;
  readonly validation: Violations & {
    readonly verdict: Report['verdict'];
    readonly records: number;
    readonly quarantined_rows?: number;
  };
  /** ISO 8601 UTC. */
  readonly validated_at: string;
};

/** The report for the people who sent the file; it is next to the quarantined file or rows. */
export const renderReport = ({
  file,
  manifest,
  manifest_sha256,
  validation,
  validated_at,
}: ReportOf): Report => ({
  file: file.key,
  version: file.version,
  dataset: file.dataset,
  verdict: validation.verdict,
  validated_at,
  manifest: { version: manifest.version, sha256: manifest_sha256 },
  records: validation.records,
  ...(validation.quarantined_rows !== undefined && { quarantined_rows: validation.quarantined_rows }),
  violations_total: validation.total,
  counts: validation.counts,
  violations: [...validation.violations].sort((a, b) => (a.line ?? 0) - (b.line ?? 0)),
});
