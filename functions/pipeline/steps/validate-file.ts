import {
  type LandedFile,
  type Manifest,
  manifestOfFile,
  markerReason,
  parseManifest,
  parseWithoutPatterns,
  placedProblems,
  type Scratch,
  validateFile,
} from '../../validation/index.ts';
import { PipelineError } from '../../values/index.ts';
import { type FileVersion, fileId, landingPrefix, manifestKey, readName } from '../lake-keys.ts';
import type { Clock, Files, Ledger } from '../ports.ts';
import type { FileRecord } from '../records/file.ts';
import { type InForce, type Validated, type Verdict, verdictOf } from './conclude-verdict.ts';
import { isRepair } from './repair-source.ts';
import { pourFile } from './split/records.ts';
import { validateSent } from './validate-repair.ts';

/** Validates landed files: numbers their versions, reads the manifest in force, reads every byte, decides what follows. */

type Ports = {
  files: Files;
  ledger: Ledger;
  clock: Clock;
  /** Opens space on disk for the keys of a file's records; without it they are all held in memory. */
  scratch?: () => Scratch;
};

/** Reads the current manifest of a dataset. */
export const manifestInForce = (files: Files, dataset: string): Promise<InForce> =>
  readInForce(files, dataset, parseManifest);

/**
 * The same for those who match no pattern of it. Files were accepted under it only if its patterns are valid, so an invalid one
 * concerns no file of a batch.
 */
export const manifestOfBatches = (files: Files, dataset: string): Promise<InForce> =>
  readInForce(files, dataset, parseWithoutPatterns);

const readInForce = async (files: Files, dataset: string, parse: typeof parseManifest): Promise<InForce> => {
  if (!dataset)
    return { ok: false, reason: `the file lies in no dataset's folder; land it under data/<dataset>/` };
  const text = await files.readText(manifestKey(dataset));
  if (text === undefined) return { ok: false, reason: `waits for ${manifestKey(dataset)}` };
  const parsed = parse(text);
  if (!parsed.ok) return broken(dataset, placedProblems(text, parsed.problems));
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
export const registerVersions = async (
  { files, ledger, clock }: Ports,
  key: string,
  dataset: string,
): Promise<void> => {
  const [listed, known] = [await files.versionsOf(key), await ledger.files.versionsOf(key)];
  const versions = new Set(known.map((record) => record.version));
  let number = Math.max(0, ...known.map((record) => record.number));
  for (const version of listed.filter((one) => !versions.has(one.version))) {
    await ledger.files.register({
      ...version,
      dataset,
      state: 'landed',
      rev: 1,
      number: ++number,
      registered_at: clock.now(),
      failed_runs: 0,
      failed_alone: 0,
    });
  }
};

/**
 * Validates a landed file, and splits it if only some of its records are valid; bad data is a verdict, an exception means that
 * the validation could not be done.
 */
export const validateLanded = async (ports: Ports, file: FileRecord): Promise<Verdict> => {
  const name = readName(file.key);
  const marker = name.kind === 'elsewhere' ? undefined : markerReason(name.file);
  if (marker !== undefined)
    return { state: 'ignored', patch: { reason: marker, ignored_at: ports.clock.now() } };
  return validateBytes(ports, file, file, (under, validated) => verdictOf(ports, file, under, validated));
};

type Conclude = (under: Extract<InForce, { ok: true }>, validated: Validated) => Promise<Verdict>;

/** Validates a file by its bytes, which may have been moved, under the manifest in force when that ends. */
export const validateBytes = async (
  ports: Ports,
  file: FileRecord,
  bytes: FileVersion,
  conclude: Conclude,
): Promise<Verdict> => {
  const inForce = await manifestInForce(ports.files, file.dataset);
  if (!inForce.ok) return { state: 'landed', reason: inForce.reason };
  const scratch = ports.scratch?.();
  try {
    const manifest = manifestOfFile(inForce.manifest, file.key);
    const validated = await validateContent(ports, file, bytes, { manifest, scratch });
    if (!validated) return gone;
    const again = await manifestInForce(ports.files, file.dataset);
    if (again.ok && again.sha256 === inForce.sha256) return await conclude(inForce, validated);
  } catch (cause) {
    if (cause instanceof BytesGone) return gone;
    throw cause;
  } finally {
    scratch?.close();
  }
  return validateBytes(ports, file, bytes, conclude);
};

/** Another process has moved the file between two readings of it. */
class BytesGone extends PipelineError {
  override readonly name = 'BytesGone';
}

const gone: Verdict = { state: 'missing', patch: { reason: 'its bytes are gone' } };

type By = { readonly manifest: Manifest; readonly scratch: Scratch | undefined };

const validateContent = async (
  ports: Ports,
  file: FileRecord,
  bytes: FileVersion,
  by: By,
): Promise<Validated | undefined> => {
  const open = async (): Promise<LandedFile | undefined> => {
    const content = await ports.files.open(bytes);
    const range = (start: number, end: number) => ports.files.readRange(bytes, start, end);
    return content && { ...by, content, range, key: file.key, size: file.size, seed: file.version };
  };
  const landed = await open();
  if (!landed) return undefined;
  const again = async (): Promise<LandedFile> => {
    const reopened = await open();
    if (!reopened) throw new BytesGone(fileId(file));
    return reopened;
  };
  if (isRepair(file.key)) return { ...(await validateSent(ports, file, landed, again)), again };
  return { validation: await validateFile(landed), pour: pourFile, again };
};
