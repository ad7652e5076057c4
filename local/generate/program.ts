import { Argument, Command, InvalidArgumentError, Option } from 'commander';
import { generatedDatasets } from './datasets.ts';
import { progressOn } from './progress.ts';
import { putListens } from './put-listens.ts';
import { writeDataset, writeDatasetFile } from './write-dataset.ts';

/** The program of `npm run generate`: writes a generated file of one dataset. */

const wholeNumber =
  (low: number, high: number) =>
  (text: string): number => {
    const value = /^\d+$/.test(text) ? Number(text) : Number.NaN;
    if (value >= low && value <= high) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${low} to ${high}.`);
  };

type Options = {
  readonly rows?: number;
  readonly seed: number;
  readonly out?: string;
  readonly to?: string;
};

const generate = async (name: string, { rows, seed, out, to }: Options): Promise<void> => {
  const dataset = generatedDatasets[name];
  if (!dataset) throw new Error(`There is no dataset ${name}`);
  const total = rows ?? dataset.usualRows;
  const progress = progressOn(process.stderr, { what: name, total });
  const options = { dataset, rows: total, seed, progress: progress.tell };
  if (to !== undefined) {
    if (name !== 'streams') throw new Error('only records of streams can be put into a stream of listens');
    await putListens(to, { ...options, dataset: { ...dataset, header: '' } });
    return progress.end(`${to}: ${total.toLocaleString('en')} listens, seed ${seed}`);
  }
  if (out === undefined) return writeDataset(process.stdout, options);
  await writeDatasetFile(out, options);
  progress.end(`${out}: ${total.toLocaleString('en')} rows of ${name}, seed ${seed}`);
};

const usualRows = Object.entries(generatedDatasets).map(
  ([name, { usualRows }]) => `${usualRows.toLocaleString('en')} ${name}`,
);

const program = new Command('generate')
  .description(
    'Writes a generated file of a dataset, in the format that its manifest takes. The same seed and number of rows give the same bytes; a longer file begins with a shorter one.',
  )
  .addArgument(new Argument('<dataset>').choices(Object.keys(generatedDatasets)))
  .option('--rows <number>', `how many rows (default: ${usualRows.join(', ')})`, wholeNumber(0, 1e12))
  .option('--seed <number>', 'another seed gives other rows', wholeNumber(0, 2 ** 32 - 1), 1)
  .option('--out <file>', 'the file to write (default: standard output)')
  .addOption(
    new Option(
      '--to <stream>',
      'put each row of streams into this Firehose stream instead, of the cloud that the environment names',
    ).conflicts('out'),
  )
  .action(generate);

program.parseAsync().catch((error: NodeJS.ErrnoException) => {
  // Whoever reads the output has enough of it, such as `head`.
  if (error.code === 'EPIPE') return;
  console.error(`error: ${error.message}`);
  process.exitCode = 1;
});
