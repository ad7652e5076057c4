import { notValidated } from '../exit-codes.ts';
import { projectRoot } from '../options.ts';
import { answer, notice } from '../output/answer.ts';
import { type InferredDataset, inferDataset } from './dataset.ts';
import { datasetName, extensionOf } from './file-names.ts';
import type { Samples } from './inferred.ts';
import { inferredJson } from './json.ts';
import { datasetLines } from './lines.ts';
import { readingProgress } from './reading-progress.ts';
import { CannotInfer, sizeOf } from './sample-file.ts';
import { type WriteFlags, type WrittenTexts, writeTexts } from './write-texts.ts';

/** The flags of `infer`. */
export type InferFlags = WriteFlags & { readonly dataset?: string; readonly json?: boolean };

/** Infers the datasets of files, writes their texts and prints what was learned; sets the exit code. */
export const inferFiles = async (paths: readonly string[], flags: InferFlags): Promise<void> => {
  try {
    const datasets = await inferAll(await groupSamples(paths, flags.dataset));
    const written = await Promise.all(datasets.map(({ texts }) => writeTexts(texts, projectRoot, flags)));
    const answers = datasets.map((dataset, at) => ({ dataset, ...(written[at] ?? nothing) }));
    answer(flags, inferredJson(answers), answers.flatMap(linesOf(flags)));
    process.exitCode = datasets.every(isAccepted) ? 0 : 1;
  } catch (cause) {
    if (!(cause instanceof CannotInfer)) throw cause;
    notice(`error: ${cause.message}`);
    if (flags.json) answer(flags, { error: cause.message }, []);
    process.exitCode = notValidated;
  }
};

const nothing: WrittenTexts = { written: [], kept: [] };

const isAccepted = ({ samples }: InferredDataset): boolean =>
  samples.every(({ validation }) => validation.verdict === 'accepted');

const inferAll = async (groups: readonly Samples[]): Promise<InferredDataset[]> => {
  const progress = await readingProgress(
    process.stderr,
    groups.flatMap(({ paths }) => paths),
  );
  const inferred: InferredDataset[] = [];
  try {
    for (const samples of groups) inferred.push(await inferDataset(samples, progress.onRead));
  } finally {
    progress.end();
  }
  return inferred;
};

/** Files by dataset; those of one dataset have one extension. */
const groupSamples = async (paths: readonly string[], dataset?: string): Promise<Samples[]> => {
  if (dataset !== undefined && !/^[a-z][a-z0-9_]*$/.test(dataset))
    throw new CannotInfer(
      `${dataset} is not a valid dataset name: use lower-case letters, digits and _, with a letter first`,
    );
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    await sizeOf(path);
    if (extensionOf(path) === '')
      throw new CannotInfer(`${path} has no extension such as .csv, and a manifest needs one`);
    const name = dataset ?? datasetName(path);
    groups.set(name, [...(groups.get(name) ?? []), path]);
  }
  return [...groups].map(([name, files]) => oneExtension({ dataset: name, paths: files }));
};

const oneExtension = (samples: Samples): Samples => {
  const extensions = [...new Set(samples.paths.map(extensionOf))];
  if (extensions.length === 1) return samples;
  throw new CannotInfer(
    `the files of ${samples.dataset} end in ${extensions.join(' and ')}; a dataset must have one extension`,
  );
};

const linesOf =
  ({ dryRun }: InferFlags) =>
  ({ dataset, written, kept }: WrittenTexts & { readonly dataset: InferredDataset }): string[] => [
    ...datasetLines(dataset),
    ...(dryRun ? Object.entries(dataset.texts).flatMap(([path, text]) => [`--- ${path}`, text]) : []),
    ...written.map((path) => `wrote ${path}`),
    ...(written.length > 0
      ? ['Review them; then npm run check tells whether everything fits together.', '']
      : []),
    ...kept.map((path) => `kept ${path}, which already exists`),
    ...(kept.length > 0
      ? [
          'Nothing was written: look with --dry-run, write elsewhere with --out, or overwrite with --force.',
          '',
        ]
      : []),
  ];
