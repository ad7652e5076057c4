import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { temporaryScratch } from '../../functions/adapters/temporary-scratch.ts';
import { isRepair } from '../../functions/pipeline/steps/repair-source.ts';
import { renderReport } from '../../functions/validation/report.ts';
import { judgeFile } from '../../functions/validation/validate-file.ts';
import type { Judgement, Report } from '../../functions/validation/verdict.ts';
import { fileRange } from '../../local/cloud/file-range.ts';
import { nextCommand } from '../output/next-command.ts';
import { CannotLand, sizeOfFile } from '../target/datasets.ts';
import { contentOf } from './content.ts';
import { BrokenManifest, type LocalManifest, type ManifestOf } from './manifest.ts';
import { localVersion, type WrittenRows, writeRows } from './rows.ts';

/** What `check` says of one file: the report that would lie in quarantine, why it is ignored, or why it was not judged. */
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
  | { readonly path: string; readonly verdict: 'not judged'; readonly problems: readonly string[] };

/** Judges one file of this machine; what keeps it from being judged is part of the answer. */
export const checkFile = async (
  path: string,
  manifestOf: ManifestOf,
  rowsFolder: string | undefined,
): Promise<CheckedFile> => {
  try {
    return await judge(path, await sizeOf(path), await manifestOf(path), rowsFolder);
  } catch (cause) {
    return { path, verdict: 'not judged', problems: problemsOf(cause) };
  }
};

const sizeOf = async (path: string): Promise<number> => {
  if (isRepair(path))
    throw new CannotLand(
      `${path} holds rows that were set aside; ${nextCommand('land', path)} judges them with the file that they came from`,
    );
  return sizeOfFile(path);
};

const problemsOf = (cause: unknown): readonly string[] => {
  if (cause instanceof BrokenManifest) return cause.problems.map((problem) => `${cause.message}: ${problem}`);
  return [cause instanceof Error ? cause.message : String(cause)];
};

const judge = async (
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
      manifest,
      seed: randomUUID(),
      scratch,
      range: fileRange(path),
    };
    const read = () => ({ ...file, content: contentOf(path, size) });
    const judgement = await judgeFile(read());
    if (judgement.verdict === 'ignored')
      return { path, file: file.key, verdict: 'ignored', reason: judgement.reason };
    const written =
      rowsFolder !== undefined && judgement.verdict === 'accepted' && judgement.quarantined
        ? await writeRows(rowsFolder, read(), judgement)
        : undefined;
    const report = renderReport({
      file: { key: file.key, version: localVersion, dataset },
      manifest,
      manifest_sha256,
      judgement: { verdict: judgement.verdict, ...figures(judgement) },
      judged_at: new Date().toISOString(),
    });
    return { path, manifest_path: local.path, ...report, drift: driftOf(judgement), written };
  } finally {
    scratch.close();
  }
};

const driftOf = (judgement: Judgement): readonly string[] =>
  judgement.verdict === 'accepted' ? judgement.drift : [];

/** A clean file has a report, too, and nothing in it. */
const figures = (judgement: Exclude<Judgement, { verdict: 'ignored' }>) => {
  if (judgement.verdict === 'rejected') return judgement;
  const { facts, quarantined } = judgement;
  const { total, counts, findings } = quarantined ?? { total: 0, counts: {}, findings: [] };
  const rows = quarantined && { quarantined_rows: quarantined.rows };
  return { records: facts.records, total, counts, findings, ...rows };
};
