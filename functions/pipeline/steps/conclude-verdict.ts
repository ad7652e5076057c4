import {
  type LandedFile,
  type Manifest,
  type ReportOf,
  renderReport,
  rowsWriter,
  type Validation,
} from '../../validation/index.ts';
import { cleanKey, fileId, reportBeside, reportKey, reprocessReportKey } from '../lake-keys.ts';
import type { Clock, Files, Ledger } from '../ports.ts';
import { repairOf } from '../queries/repairs.ts';
import {
  type AcceptedFacts,
  type AnyFile,
  anyFile,
  type FileMove,
  type FileRecord,
} from '../records/file.ts';
import { duplicateOf, rejectedAs, sameBytesAs } from './duplicate-file.ts';
import { isRepair, type Source } from './repair-source.ts';
import { type Accepted, type Pour, splitRecords } from './split/records.ts';

/** What a validation means for the ledger, and what is written before the ledger is changed. */

/** The next state of a landed file; `landed` means that it waits, for this reason. */
export type Verdict =
  | { readonly state: 'accepted'; readonly patch: FileMove<'accepted'> }
  | { readonly state: 'rejected'; readonly patch: FileMove<'rejected'> }
  | { readonly state: 'ignored'; readonly patch: FileMove<'ignored'> }
  | { readonly state: 'missing'; readonly patch: FileMove<'missing'> }
  | { readonly state: 'landed'; readonly reason: string };

/** The manifest in force, or why there is none; both have the hash of its text. */
export type InForce =
  | { readonly ok: true; readonly manifest: Manifest; readonly sha256: string }
  | { readonly ok: false; readonly reason: string };

/** A validation, and how to read its records again. */
export type Validated = {
  readonly validation: Validation;
  /** For a repair: the file whose rows it repairs. */
  readonly source?: Source;
  readonly again: () => Promise<LandedFile>;
  readonly pour: (file: LandedFile, validation: Accepted) => Pour;
};

type Ports = { files: Files; ledger: Ledger; clock: Clock };
type Under = { readonly manifest: Manifest; readonly sha256: string };

/** Decides the next state of a validated file; report, clean copy and rows file are stored when it returns. */
export const verdictOf = async (
  ports: Ports,
  landed: FileRecord,
  under: Under,
  validated: Validated,
): Promise<Verdict> => {
  const { validation } = validated;
  const sha256 = sha256Of(validation);
  const now = ports.clock.now();
  const ignored = (reason: string): Verdict => ({
    state: 'ignored',
    patch: { reason, sha256, ignored_at: now },
  });
  if (validation.verdict === 'ignored') return ignored(validation.reason);
  const known = await sameBytes(ports, landed, sha256, under.sha256);
  if (known !== undefined) return ignored(known);
  const duplicate = await duplicateOf(ports, landed, validation);
  const policy = under.manifest.on_duplicate_file;
  if (duplicate && policy === 'ignore') return ignored(`holds the ${sameBytesAs(duplicate)}`);
  const allowed =
    validation.verdict === 'accepted' && duplicate && policy === 'reject'
      ? rejectedAs(validation, duplicate)
      : validation;
  const verdict = await concluded(ports, landed, under, { ...validated, validation: allowed }, reportKey);
  const duplicate_of = duplicate && fileId(duplicate);
  return verdict.state === 'accepted'
    ? { ...verdict, patch: { ...verdict.patch, duplicate_of } }
    : { ...verdict, patch: { ...verdict.patch, duplicate_of } };
};

/** The same for a file that is already published: its bytes are known, and a new report is written next to the older one. */
export const verdictAgain = async (
  ports: Ports,
  file: FileRecord,
  under: Under,
  validated: Validated,
): Promise<Verdict> => {
  const { validation } = validated;
  if (validation.verdict !== 'ignored')
    return concluded(ports, file, under, { ...validated, validation }, reprocessReportKey);
  return { state: 'ignored', patch: { reason: validation.reason, ignored_at: ports.clock.now() } };
};

/** Of the bytes as they landed. */
export const sha256Of = (validation: Validation): string =>
  validation.verdict === 'accepted' ? validation.facts.sha256 : validation.sha256;

const concluded = async (
  ports: Ports,
  landed: FileRecord,
  under: Under,
  validated: Validated & { readonly validation: Exclude<Validation, { verdict: 'ignored' }> },
  reportAt: typeof reportKey,
): Promise<Extract<Verdict, { state: 'accepted' | 'rejected' }>> => {
  const { validation } = validated;
  const sha256 = sha256Of(validation);
  const { quarantine_path } = under.manifest;
  const patch = { ...unsplit, sha256, manifest_sha256: under.sha256, quarantine_path };
  const about = { file: { ...landed, ...patch }, under, now: ports.clock.now() };
  if (validation.verdict === 'rejected')
    return { state: 'rejected', patch: { ...patch, ...(await reject(ports, about, validation, reportAt)) } };
  return { state: 'accepted', patch: { ...patch, ...(await accept(ports, about, validated, validation)) } };
};

/** A file that is validated again may have been split under another manifest. */
const unsplit = { clean_key: undefined, quarantined_rows: undefined };

type About = { readonly file: AnyFile; readonly under: Under; readonly now: string };

const accept = async (
  ports: Ports,
  about: About,
  validated: Validated,
  validation: Accepted,
): Promise<FileMove<'accepted'>> => {
  const { facts, drift, quarantined, isRewritten } = validation;
  const { source } = validated;
  const outcome = { records: facts.records, drift, accepted_at: about.now, reason: undefined };
  if (!quarantined && !source && !isRewritten) return { ...outcome, facts };
  const names = source && { landed_as: repairOf(source.record), repairs: versionOf(source.record) };
  return {
    ...outcome,
    ...names,
    ...(await split(ports, about, { ...validated, validation }, names?.landed_as)),
  };
};

const versionOf = ({ key, version, batch_id }: AnyFile): NonNullable<AcceptedFacts['repairs']> => ({
  key,
  version,
  ...(batch_id !== undefined && { batch_id }),
});

/** Quarantined rows and their violations are stored before any accepted row can be published. */
const split = async (
  { files }: Ports,
  { file, under, now }: About,
  { validation, again, pour }: Validated & { readonly validation: Accepted },
  landedAs = file.key,
): Promise<Pick<AcceptedFacts, 'facts' | 'clean_key' | 'quarantined_rows'>> => {
  const clean_key = cleanKey(file, under.sha256);
  const source = fileId({ key: landedAs, version: file.version });
  const target = { clean_key, source, rows: rowsWriter(validation.facts.format) };
  const facts = await splitRecords(files, validation, target, pour(await again(), validation));
  const { quarantined } = validation;
  const quarantined_rows = quarantined?.rows ?? 0;
  if (quarantined) {
    const { records } = validation.facts;
    const said = { verdict: 'accepted', records, quarantined_rows, ...quarantined } as const;
    await files.write(reportBeside(clean_key), reportText({ file, under, now }, said));
  }
  return { facts, clean_key, quarantined_rows };
};

const reject = async (
  { files }: Ports,
  about: About,
  validation: Extract<Validation, { verdict: 'rejected' }>,
  reportAt: typeof reportKey,
): Promise<FileMove<'rejected'>> => {
  await files.write(reportAt(about.file), reportText(about, validation));
  const reason = validation.violations[0]?.message ?? 'rejected';
  return { reason, records: validation.records, rejected_at: about.now };
};

const reportText = ({ file, under, now }: About, validation: ReportOf['validation']): string => {
  const { manifest, sha256: manifest_sha256 } = under;
  const report = renderReport({ file, manifest, manifest_sha256, validation, validated_at: now });
  return `${JSON.stringify(report, null, 2)}\n`;
};

/**
 * Why a version adds nothing: its bytes are those of the version before it, which is published, or was rejected under the same
 * manifest.
 */
const sameBytes = async (
  { ledger }: Ports,
  file: FileRecord,
  sha256: string,
  manifest: string,
): Promise<string | undefined> => {
  const versions = file.number > 1 ? await ledger.files.versionsOf(file.key) : [];
  const before = versions
    .map(anyFile)
    .filter((one) => one.number < file.number && one.state !== 'ignored' && one.state !== 'missing')
    .at(-1);
  if (before?.sha256 !== sha256) return undefined;
  const isUnderSame = before.manifest_sha256 === manifest;
  // Under another manifest fewer rows may be quarantined.
  if (before.state === 'published' && (isUnderSame || !before.quarantined_rows))
    return `same bytes as version ${before.version}, which is published`;
  // A repair depends on its source, too.
  const isRejected = before.state === 'quarantined' && before.batch_id === undefined && !isRepair(file.key);
  if (isRejected && isUnderSame)
    return `same bytes as version ${before.version}, which is in quarantine under the same manifest`;
  return undefined;
};
