import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { temporaryScratch } from '../../functions/adapters/temporary-scratch.ts';
import { isRepair } from '../../functions/pipeline/index.ts';
import {
  manifestOfFile,
  type Report,
  renderReport,
  type Validation,
  validateFile,
} from '../../functions/validation/index.ts';
import { fileRange } from '../file-range.ts';
import { nextCommand } from '../output/next-command.ts';
import { CannotLand, sizeOfFile } from '../target/datasets.ts';
import { contentOf } from './content.ts';
import { BrokenManifest, type LocalManifest, type ManifestOf } from './manifest.ts';
import { localVersion, type WrittenRows, writeRows } from './rows.ts';

/** The result of `check` for one file: its report, why it is ignored, or why it could not be validated. */
export type CheckedFile =
  | (Report & {
      readonly path: string;
      readonly manifest_path: string;
      readonly drift: readonly string[];
      readonly written?: WrittenRows | undefined;
    })
  | {
      readonly path: string;
      readonly file: string;
      readonly verdict: 'ignored';
      readonly reason: string;
    }
  | { readonly path: string; readonly verdict: 'not validated'; readonly problems: readonly string[] };

/** Validates one local file; an error becomes part of the result. */
export const checkFile = async (
  path: string,
  manifestOf: ManifestOf,
  rowsFolder: string | undefined,
): Promise<CheckedFile> => {
  try {
    return await validate(path, await sizeOf(path), await manifestOf(path), rowsFolder);
  } catch (cause) {
    return { path, verdict: 'not validated', problems: problemsOf(cause) };
  }
};

const sizeOf = async (path: string): Promise<number> => {
  if (isRepair(path))
    throw new CannotLand(
      `${path} holds quarantined rows; ${nextCommand('land', path)} validates them together with the file that they came from`,
    );
  return sizeOfFile(path);
};

const problemsOf = (cause: unknown): readonly string[] => {
  if (cause instanceof BrokenManifest) return cause.problems.map((problem) => `${cause.message}: ${problem}`);
  return [cause instanceof Error ? cause.message : String(cause)];
};

const validate = async (
  path: string,
  size: number,
  local: LocalManifest,
  rowsFolder: string | undefined,
): Promise<CheckedFile> => {
  const { manifest, sha256: manifest_sha256, dataset } = local;
  const scratch = temporaryScratch();
  try {
    const file = {
      key: `${manifest.directory}${basename(path)}`,
      size,
      manifest: manifestOfFile(manifest, path),
      seed: randomUUID(),
      scratch,
      range: fileRange(path),
    };
    const read = () => ({ ...file, content: contentOf(path, size) });
    const validation = await validateFile(read());
    if (validation.verdict === 'ignored')
      return { path, file: file.key, verdict: 'ignored', reason: validation.reason };
    const written =
      rowsFolder !== undefined && validation.verdict === 'accepted' && validation.quarantined
        ? await writeRows(rowsFolder, read(), validation)
        : undefined;
    const report = renderReport({
      file: { key: file.key, version: localVersion, dataset },
      manifest,
      manifest_sha256,
      validation: { verdict: validation.verdict, ...figures(validation) },
      validated_at: new Date().toISOString(),
    });
    return { path, manifest_path: local.path, ...report, drift: driftOf(validation), written };
  } finally {
    scratch.close();
  }
};

const driftOf = (validation: Validation): readonly string[] =>
  validation.verdict === 'accepted' ? validation.drift : [];

/** A clean file gets an empty report. */
const figures = (validation: Exclude<Validation, { verdict: 'ignored' }>) => {
  if (validation.verdict === 'rejected') return validation;
  const { facts, quarantined } = validation;
  const { total, counts, violations } = quarantined ?? { total: 0, counts: {}, violations: [] };
  const rows = quarantined && { quarantined_rows: quarantined.rows };
  return { records: facts.records, total, counts, violations, ...rows };
};
