import { randomUUID } from 'node:crypto';
import { basename } from 'node:path';
import { temporaryScratch } from '../../functions/adapters/temporary-scratch.ts';
import { landingPrefix } from '../../functions/pipeline/index.ts';
import {
  type Manifest,
  parseManifest,
  type Validation,
  validateFile,
} from '../../functions/validation/index.ts';
import type { InferredTable, Samples } from './inferred.ts';
import { manifestText } from './manifest-text.ts';
import { rulesetText } from './ruleset-text.ts';
import { CannotInfer, type OnRead, readBytes, readRange, sizeOf } from './sample-file.ts';
import { silverSql } from './silver-sql.ts';
import { inferTable } from './table.ts';

/** The result of validating a file with the inferred manifest. */
export type ValidatedSample = { readonly path: string; readonly validation: Validation };

/** A dataset learned from samples: what was seen, the texts to write, and the results of validating the samples. */
export type InferredDataset = {
  readonly table: InferredTable;
  readonly manifest: Manifest;
  /** Texts by their paths in the project. */
  readonly texts: Readonly<Record<string, string>>;
  readonly samples: readonly ValidatedSample[];
};

const usualQuarantinedShare = 0.05;

/** Learns a dataset from samples and validates them against the result; throws `CannotInfer`. */
export const inferDataset = async (samples: Samples, onRead: OnRead): Promise<InferredDataset> => {
  const table = await inferTable(samples, onRead);
  const lenient = await validated(table, 1, onRead);
  const share = Math.max(...lenient.samples.map(({ validation }) => quarantinedShare(validation)));
  const final =
    share <= usualQuarantinedShare
      ? { text: manifestText(table, usualQuarantinedShare), samples: lenient.samples }
      : await validated(table, Math.min(1, Math.ceil(share * 150) / 100), onRead);
  const { dataset } = table;
  return {
    table,
    manifest: readManifest(final.text, table),
    texts: {
      [`rules/${dataset}/manifest.json`]: final.text,
      [`rules/${dataset}/quality.dqdl`]: rulesetText(table),
      [`sql/silver/${dataset}.sql`]: silverSql(table),
    },
    samples: final.samples,
  };
};

const validated = async (table: InferredTable, share: number, onRead: OnRead) => {
  const text = manifestText(table, share);
  const manifest = readManifest(text, table);
  const samples: ValidatedSample[] = [];
  for (const path of table.paths)
    samples.push({ path, validation: await validateSample(path, table.dataset, manifest, onRead) });
  return { text, samples };
};

/** Finds names that a manifest cannot have, such as a column without a name. */
const readManifest = (text: string, { paths, format }: InferredTable): Manifest => {
  const parsed = parseManifest(text);
  if (parsed.ok) return parsed.manifest;
  const problems = parsed.problems.map((problem) => `\n  ${problem}`);
  const advice = format === 'csv' ? '; is its first line a header?' : '';
  throw new CannotInfer(`no manifest fits ${paths.join(', ')}${advice}${problems.join('')}`);
};

const validateSample = async (
  path: string,
  dataset: string,
  manifest: Manifest,
  onRead: OnRead,
): Promise<Validation> => {
  const scratch = temporaryScratch();
  const key = `${landingPrefix(dataset)}${basename(path)}`;
  try {
    const size = await sizeOf(path);
    return await validateFile({
      key,
      size,
      manifest,
      content: readBytes(path, onRead),
      range: readRange(path, onRead),
      seed: randomUUID(),
      scratch,
    });
  } finally {
    scratch.close();
  }
};

const quarantinedShare = (validation: Validation): number =>
  validation.verdict === 'accepted' && validation.quarantined
    ? validation.quarantined.rows / validation.facts.records
    : 0;
