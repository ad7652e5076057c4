import type { Command } from 'commander';
import { notValidated } from '../exit-codes.ts';
import { withExamples, withJson } from '../options.ts';
import type { CheckFlags } from './run.ts';

/** Adds `check`, which validates files of this machine without any cloud. */
export const addCheck = (program: Command): void => {
  const command = program
    .command('check')
    .description('validate files of this machine by their manifest, without any cloud')
    .argument('<files...>', 'files to validate; they stay as they are')
    .option('--manifest <file>', 'the manifest; found in rules/ by the name of each file if not given')
    .option('--dataset <name>', 'take the manifest of this dataset, rules/<name>/manifest.json')
    .option('--rows <folder>', 'write the valid rows, and a file of those quarantined, to this folder')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : notValidated));
  withExamples(
    withJson(command),
    'The manifest says whether one invalid row rejects a file (on_error: quarantine) or is quarantined (quarantine_rows).',
    '',
    'Exit code: 0 every file is clean, 1 a file was rejected or rows of it quarantined, 2 a file could not be validated.',
    '',
    'Examples:',
    '  $ soundcheck check streams7.csv',
    '  $ soundcheck check *.csv.gz --manifest rules/streams/manifest.json',
    '  $ soundcheck check streams7.csv --json | jq .files[0].counts',
  ).action(async (files: string[], flags: CheckFlags) => (await import('./run.ts')).checkFiles(files, flags));
};
