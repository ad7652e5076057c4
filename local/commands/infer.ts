import { access, mkdir, writeFile } from 'node:fs/promises';
import { dirname, join, relative, resolve } from 'node:path';
import type { Command } from 'commander';
import { datasetName, extensionOf } from '../infer/file-names.ts';
import { type InferredDataset, inferDataset } from '../infer/infer-dataset.ts';
import { inferredJson } from '../infer/infer-json.ts';
import { datasetLines } from '../infer/infer-lines.ts';
import type { Samples } from '../infer/infer-table.ts';
import { readingProgress } from '../infer/reading-progress.ts';
import { CannotInfer, sizeOf } from '../infer/sample-file.ts';
import { projectRoot } from './options.ts';

type InferFlags = {
  readonly dataset?: string;
  readonly out?: string;
  readonly force?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
};

/** What became of the texts of a dataset. */
type Written = {
  readonly dataset: InferredDataset;
  readonly written: readonly string[];
  readonly kept: readonly string[];
};

const examples = `
Examples:
  $ soundcheck infer streams1.csv streams2.csv
  $ soundcheck infer banking/*.csv --out /tmp/look
  $ soundcheck infer export.txt --dataset customers --dry-run

Every row of every file is read. Files whose names differ only in numbers and dates are samples of one dataset.
Exit codes: 0 every sample is accepted by its manifest, 1 some sample is not, 2 nothing could be learned.`;

/** Adds `infer`: a manifest, a ruleset and silver SQL out of sample files. */
export const addInfer = (program: Command): void => {
  program
    .command('infer')
    .description('write a manifest, a starter ruleset and silver SQL from sample files')
    .argument('<files...>', 'samples: CSV with a header, plain or .gz')
    .option('--dataset <name>', 'the dataset of all the files; by their names if not given')
    .option('--out <folder>', 'where rules/ and sql/ are written; this project if not given')
    .option('--force', 'overwrite what is there')
    .option('--dry-run', 'print the three texts and write nothing')
    .option('--json', 'answer with one JSON document')
    .addHelpText('after', examples)
    .action(infer);
};

const infer = async (paths: string[], flags: InferFlags): Promise<void> => {
  try {
    const datasets = await inferAll(paths, flags.dataset);
    const written = await Promise.all(datasets.map((dataset) => write(dataset, flags)));
    if (flags.json) console.log(JSON.stringify(inferredJson(written), null, 2));
    else console.log(written.flatMap((one) => linesOf(one, flags)).join('\n'));
    const isClean = datasets.every(({ samples }) =>
      samples.every(({ judgement }) => judgement.verdict === 'accepted'),
    );
    process.exitCode = isClean ? 0 : 1;
  } catch (cause) {
    if (!(cause instanceof CannotInfer)) throw cause;
    console.error(`error: ${cause.message}`);
    process.exitCode = 2;
  }
};

const inferAll = async (paths: readonly string[], dataset?: string): Promise<InferredDataset[]> => {
  const progress = await readingProgress(process.stderr, paths);
  const inferred: InferredDataset[] = [];
  for (const samples of await groupSamples(paths, dataset))
    inferred.push(await inferDataset(samples, progress.onRead));
  progress.end();
  return inferred;
};

/** Files by dataset; those of one dataset have one extension. */
const groupSamples = async (paths: readonly string[], dataset?: string): Promise<Samples[]> => {
  if (dataset !== undefined && !/^[a-z][a-z0-9_]*$/.test(dataset))
    throw new CannotInfer(
      `${dataset} is no name of a dataset: lower-case letters, digits and _, a letter first`,
    );
  const groups = new Map<string, string[]>();
  for (const path of paths) {
    await sizeOf(path);
    if (extensionOf(path) === '')
      throw new CannotInfer(`${path} has no extension such as .csv, and a manifest asks for one`);
    const name = dataset ?? datasetName(path);
    groups.set(name, [...(groups.get(name) ?? []), path]);
  }
  return [...groups].map(([name, files]) => oneExtension({ dataset: name, paths: files }));
};

const oneExtension = (samples: Samples): Samples => {
  const extensions = [...new Set(samples.paths.map(extensionOf))];
  if (extensions.length === 1) return samples;
  throw new CannotInfer(
    `the files of ${samples.dataset} end in ${extensions.join(' and ')}; one dataset has one extension`,
  );
};

const exists = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

/** All texts of a dataset or none: half of a guess beside half of what was there fits nobody. */
const write = async (dataset: InferredDataset, { out, force, dryRun }: InferFlags): Promise<Written> => {
  const root = out === undefined ? projectRoot : resolve(out);
  const texts = Object.entries(dataset.texts).map(([path, text]) => ({ path: join(root, path), text }));
  const shown = texts.map(({ path }) => relative(process.cwd(), path));
  const found = await Promise.all(texts.map(({ path }) => exists(path)));
  if (dryRun) return { dataset, written: [], kept: [] };
  if (found.includes(true) && !force)
    return { dataset, written: [], kept: shown.filter((_, at) => found[at]) };
  for (const { path, text } of texts) {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, text);
  }
  return { dataset, written: shown, kept: [] };
};

const linesOf = ({ dataset, written, kept }: Written, { dryRun }: InferFlags): string[] => [
  ...datasetLines(dataset),
  ...(dryRun ? Object.entries(dataset.texts).flatMap(([path, text]) => [`--- ${path}`, text]) : []),
  ...written.map((path) => `wrote ${path}`),
  ...(written.length > 0
    ? ['Read them over; npm run check then says whether everything fits together.', '']
    : []),
  ...kept.map((path) => `kept ${path}, which was there before`),
  ...(kept.length > 0
    ? ['Nothing was written: look with --dry-run, write elsewhere with --out, or --force.', '']
    : []),
];
