import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { LandFlags } from './run.ts';

/** Adds `land`, which lands files and follows them. */
export const addLand = (program: Command): void => {
  const command = program
    .command('land')
    .description('land files and follow them to their end; say where each went and why')
    .argument('<files...>', 'files to land, or rows files that were repaired')
    .option('--dataset <name>', 'the dataset of the files; found by their names if not given')
    .option('--no-wait', 'do not follow them');
  withExamples(
    withJson(withTarget(command)),
    'Without --state and --stage the cloud is the one that LAKE_BUCKET and LEDGER_TABLE name, else the laptop cloud',
    'in .soundcheck; if that one does not run, it is started for as long as this takes.',
    '',
    'Exit code: 0 every row is published or known already, 1 a file or rows of it are not.',
    '',
    'Examples:',
    '  $ soundcheck land streams7.csv streams8.csv.gz',
    '  $ soundcheck land streams7.csv@3sL4kq.rows.csv    rows that were quarantined, repaired',
    '  $ soundcheck land streams7.csv --stage dev --no-wait',
  ).action(async (files: string[], flags: LandFlags) => (await import('./run.ts')).landFiles(files, flags));
};
