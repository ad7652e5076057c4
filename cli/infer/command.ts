import type { Command } from 'commander';
import { notValidated } from '../exit-codes.ts';
import { withExamples, withJson } from '../options.ts';
import type { InferFlags } from './run.ts';

/** Adds `infer`, which writes a manifest, a starter ruleset and silver SQL out of sample files. */
export const addInfer = (program: Command): void => {
  const command = program
    .command('infer')
    .description('write a manifest, a starter ruleset and silver SQL from sample files')
    .argument(
      '<files...>',
      'samples: CSV with a header or JSON, plain or .gz, or Parquet; every row of them is read',
    )
    .option('--dataset <name>', 'the dataset of all the files; told by their names if not given')
    .option('--out <folder>', 'the folder for rules/ and sql/; this project if not given')
    .option('--dry-run', 'print the texts and write nothing')
    .option('--force', 'overwrite what is there')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : notValidated));
  withExamples(
    withJson(command),
    'Files whose names differ in numbers and dates alone are samples of one dataset. What is guessed is said to be a',
    'guess, and the samples are validated by what was written.',
    '',
    'Exit code: 0 every sample is accepted, 1 a sample is rejected, 2 nothing could be learned.',
    '',
    'Examples:',
    '  $ soundcheck infer streams1.csv streams2.csv',
    '  $ soundcheck infer bank/*.csv --out look',
    '  $ soundcheck infer export.txt --dataset customers --dry-run',
  ).action(async (files: string[], flags: InferFlags) => (await import('./run.ts')).inferFiles(files, flags));
};
