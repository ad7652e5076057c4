import type { Command } from 'commander';
import { notValidated } from '../exit-codes.ts';
import { withExamples, withJson } from '../options.ts';
import type { CheckFlags } from './run.ts';

/** Adds `check`, which validates local files without any cloud. */
export const addCheck = (program: Command): void => {
  const command = program
    .command('check')
    .description('validate local files against their manifest, without any cloud')
    .argument('<files...>', 'files to validate; they are not changed')
    .option('--manifest <file>', 'the manifest (default: the one in rules/ that fits the name of the file)')
    .option('--dataset <name>', 'use the manifest of this dataset, rules/<name>/manifest.json')
    .option('--rows <folder>', 'write the accepted rows and the quarantined rows to this folder')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : notValidated));
  withExamples(
    withJson(command),
    'The manifest decides whether an invalid row rejects the file (on_error: quarantine) or only that row is quarantined (quarantine_rows).',
    '',
    'Exit code: 0 all files are clean, 1 a file is rejected or has quarantined rows, 2 a file could not be validated.',
    '',
    'Examples:',
    '  $ soundcheck check streams7.csv',
    '  $ soundcheck check *.csv.gz --manifest rules/streams/manifest.json',
    '  $ soundcheck check streams7.csv --json | jq .files[0].counts',
  ).action(async (files: string[], flags: CheckFlags) => (await import('./run.ts')).checkFiles(files, flags));
};
