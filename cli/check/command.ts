import type { Command } from 'commander';
import { notJudged } from '../exit-codes.ts';
import { withExamples, withJson } from '../options.ts';
import type { CheckFlags } from './run.ts';

/** Adds `check`, which judges files of this machine without any cloud. */
export const addCheck = (program: Command): void => {
  const command = program
    .command('check')
    .description('judge files of this machine by their manifest, without any cloud')
    .argument('<files...>', 'files to judge; they stay as they are')
    .option('--manifest <file>', 'the manifest; found in rules/ by the name of each file if not given')
    .option('--dataset <name>', 'take the manifest of this dataset, rules/<name>/manifest.json')
    .option('--rows <folder>', 'write the good rows, and a file of those set aside, to this folder')
    .exitOverride(({ exitCode }) => process.exit(exitCode === 0 ? 0 : notJudged));
  withExamples(
    withJson(command),
    'The manifest says whether one bad row refuses a file (on_error: quarantine) or is set aside (quarantine_rows).',
    '',
    'Exit code: 0 every file is clean, 1 a file was refused or rows of it set aside, 2 a file could not be judged.',
    '',
    'Examples:',
    '  $ soundcheck check streams7.csv',
    '  $ soundcheck check *.csv.gz --manifest rules/streams/manifest.json',
    '  $ soundcheck check streams7.csv --json | jq .files[0].counts',
  ).action(async (files: string[], flags: CheckFlags) => (await import('./run.ts')).checkFiles(files, flags));
};
