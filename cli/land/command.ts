import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { LandFlags } from './run.ts';

/** Adds `land`, which lands files and follows them. */
export const addLand = (program: Command): void => {
  const command = program
    .command('land')
    .description('land files, follow them to the end and show what became of each, and why')
    .argument('<files...>', 'files to land, or corrected rows files')
    .option('--dataset <name>', 'the dataset of the files (default: found by their names)')
    .option('--no-wait', 'return without following them');
  withExamples(
    withJson(withTarget(command)),
    'Without --state and --stage the cloud is the one in LAKE_BUCKET and LEDGER_TABLE, else the laptop cloud',
    'in .soundcheck. If it does not run, it is started for the time of the command.',
    '',
    'Exit code: 0 all rows are published or were known already, 1 a file or some of its rows are not.',
    '',
    'Examples:',
    '  $ soundcheck land streams7.csv streams8.csv.gz',
    '  $ soundcheck land streams7.csv@3sL4kq.rows.csv    quarantined rows, corrected',
    '  $ soundcheck land streams7.csv --stage dev --no-wait',
  ).action(async (files: string[], flags: LandFlags) => (await import('./run.ts')).landFiles(files, flags));
};
