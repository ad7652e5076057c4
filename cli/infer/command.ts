import type { Command } from 'commander';
import { notValidated } from '../exit-codes.ts';
import { withExamples, withJson } from '../options.ts';
import type { InferFlags } from './run.ts';

/** Adds `infer`, which writes a manifest, a first ruleset and silver SQL from sample files. */
export const addInfer = (program: Command): void => {
  const command = program
    .command('infer')
    .description('write a manifest, a first ruleset and silver SQL from sample files')
    .argument(
      '<files...>',
      'samples: CSV with a header or JSON, plain or .gz, or Parquet; every row of them is read',
    )
    .option('--dataset <name>', 'the dataset of all files (default: found by their names)')
    .option('--out <folder>', 'the folder for rules/ and sql/; default: this project')
    .option('--dry-run', 'print the texts and write nothing')
    .option('--force', 'overwrite existing files')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : notValidated));
  withExamples(
    withJson(command),
    'Files whose names differ only in numbers and dates are samples of one dataset. Guesses are marked as guesses,',
    'and the samples are validated against the new manifest.',
    '',
    'Exit code: 0 every sample is accepted, 1 a sample is rejected, 2 nothing could be learned.',
    '',
    'Examples:',
    '  $ soundcheck infer streams1.csv streams2.csv',
    '  $ soundcheck infer bank/*.csv --out look',
    '  $ soundcheck infer export.txt --dataset customers --dry-run',
  ).action(async (files: string[], flags: InferFlags) => (await import('./run.ts')).inferFiles(files, flags));
};
