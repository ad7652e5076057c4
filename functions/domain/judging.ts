import { judgeFile } from './judge-file.ts';
import type { Judgement } from './judgement.ts';
import { landingPrefix, manifestKey, readName, reportKey } from './landing.ts';
import type { FileRecord } from './ledger.ts';
import { type Manifest, parseManifest } from './manifest.ts';
import type { Clock, Files, Ledger } from './ports.ts';
import { renderReport } from './report.ts';

/** Judges landed files: numbers their versions, reads the manifest in force, reads every byte, says what follows. */

/** The state that a landed file goes to; `landed` is to wait, with the reason. */
export type Verdict =
  | { readonly state: 'accepted' | 'rejected' | 'ignored'; readonly patch: Partial<FileRecord> }
  | { readonly state: 'missing'; readonly patch: Partial<FileRecord> }
  | { readonly state: 'landed'; readonly reason: string };

type Ports = { files: Files; ledger: Ledger; clock: Clock };

/** The manifest in force, or why there is none; both carry the hash of its text. */
export type InForce =
  | { readonly ok: true; readonly manifest: Manifest; readonly sha256: string }
  | { readonly ok: false; readonly reason: string };

/** Reads the manifest of a dataset as it is now. */
export const manifestInForce = async (files: Files, dataset: string): Promise<InForce> => {
  if (!dataset)
    return { ok: false, reason: `the file lies in no dataset's folder; land it under data/<dataset>/` };
  const text = await files.readText(manifestKey(dataset));
  if (text === undefined) return { ok: false, reason: `waits for ${manifestKey(dataset)}` };
  const parsed = parseManifest(text);
  if (!parsed.ok) return broken(dataset, parsed.problems);
  const { directory } = parsed.manifest;
  if (!directory.startsWith(landingPrefix(dataset))) {
    return broken(dataset, [`directory: ${directory} is not under ${landingPrefix(dataset)}, where it lies`]);
  }
  return { ok: true, manifest: parsed.manifest, sha256: parsed.sha256 };
};

const broken = (dataset: string, problems: readonly string[]): InForce => ({
  ok: false,
  reason: `${manifestKey(dataset)} is broken: ${problems.slice(0, 3).join('; ')}`,
});

/** Numbers every version of a key that S3 still lists, oldest first, before any of them is moved. */
export const enrollVersions = async (
  { files, ledger, clock }: Ports,
  key: string,
  dataset: string,
): Promise<void> => {
  const [listed, known] = [await files.versionsOf(key), await ledger.versionsOf(key)];
  const versions = new Set(known.map((record) => record.version));
  let number = Math.max(0, ...known.map((record) => record.number));
  for (const version of listed.filter((one) => !versions.has(one.version))) {
    await ledger.enroll({
      ...version,
      dataset,
      state: 'landed',
      rev: 1,
      number: ++number,
      enrolled_at: clock.now(),
      failed_runs: 0,
      failed_alone: 0,
    });
  }
};

/** Judges a landed file; bad data is a verdict, an exception means that judging could not be done. */
export const judgeLanded = async (ports: Ports, file: FileRecord): Promise<Verdict> => {
  if (readName(file.key).kind === 'marker') {
    return { state: 'ignored', patch: { reason: 'folder marker', ignored_at: ports.clock.now() } };
  }
  const inForce = await manifestInForce(ports.files, file.dataset);
  if (!inForce.ok) return { state: 'landed', reason: inForce.reason };
  const content = await ports.files.open(file);
  if (!content) return { state: 'missing', patch: { reason: 'its bytes are gone' } };
  const judgement = await judgeFile({ key: file.key, size: file.size, manifest: inForce.manifest, content });
  const again = await manifestInForce(ports.files, file.dataset);
  if (!again.ok || again.sha256 !== inForce.sha256) return judgeLanded(ports, file);
  return verdictOf(ports, file, inForce, judgement);
};

const verdictOf = async (
  ports: Ports,
  file: FileRecord,
  { manifest, sha256: manifest_sha256 }: Extract<InForce, { ok: true }>,
  judgement: Judgement,
): Promise<Verdict> => {
  const now = ports.clock.now();
  if (judgement.verdict === 'ignored') {
    return {
      state: 'ignored',
      patch: { reason: judgement.reason, sha256: judgement.sha256, ignored_at: now },
    };
  }
  const sha256 = judgement.verdict === 'accepted' ? judgement.facts.sha256 : judgement.sha256;
  const versions = file.number > 1 ? await ports.ledger.versionsOf(file.key) : [];
  const known = sameBytes(versions, file, sha256, manifest_sha256);
  if (known) return { state: 'ignored', patch: { reason: known, sha256, ignored_at: now } };
  const judged = { sha256, manifest_sha256, quarantine_path: manifest.quarantine_path };
  if (judgement.verdict === 'accepted') {
    const { facts } = judgement;
    const patch = { ...judged, facts, records: facts.records, accepted_at: now, reason: undefined };
    return { state: 'accepted', patch };
  }
  const report = renderReport({ file, manifest, manifest_sha256, judgement, judged_at: now });
  await ports.files.write(reportKey({ ...file, ...judged }), `${JSON.stringify(report, null, 2)}\n`);
  const reason = judgement.findings[0]?.message ?? 'refused';
  return { state: 'rejected', patch: { ...judged, reason, records: judgement.records, rejected_at: now } };
};

/** Says why a version adds nothing: its bytes are those of the version before it, published or refused under the same manifest. */
const sameBytes = (
  versions: readonly FileRecord[],
  file: FileRecord,
  sha256: string,
  manifest: string,
): string | undefined => {
  const before = versions
    .filter((one) => one.number < file.number && one.state !== 'ignored' && one.state !== 'missing')
    .at(-1);
  if (before?.sha256 !== sha256) return undefined;
  if (before.state === 'published') return `same bytes as version ${before.version}, which is published`;
  const isRefused = before.state === 'quarantined' && before.batch_id === undefined;
  if (isRefused && before.manifest_sha256 === manifest) {
    return `same bytes as version ${before.version}, which is in quarantine under the same manifest`;
  }
  return undefined;
};
