import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { RunsFlags } from './run.ts';

/** Adds `runs`, which shows the state of files, batches and rebuilds. */
export const addRuns = (program: Command): void => {
  const command = program
    .command('runs')
    .description('show the state of files, batches and rebuilds, with reasons, from the ledger')
    .argument('[dataset]', 'one dataset (default: all datasets and marts)')
    .option('--open', 'only what needs a person')
    .option('--pulls', 'the pulls of sources, window by window, instead of files')
    .option('--in-state <states>', 'only files in one of these states, such as parked,quarantined')
    .option('--since <day>', 'only files that landed on this day (UTC) or later')
    .option('--until <day>', 'only files that landed on this day (UTC) or earlier')
    .option('--name <pattern>', 'only files whose name fits; * stands for any characters, ? for one')
    .option('--limit <number>', 'how many files of a dataset to show (default: 20; with --json all)')
    .option('--file <name>', 'the history of one file: all its versions and repairs')
    .option('--all', 'with --file: also its full reports')
    .option('--rows <folder>', 'save quarantined rows to this folder, to be corrected and landed')
    .option('--last <number>', 'how many batches to look back', '10');
  withExamples(
    withJson(withTarget(command)),
    'What needs a person comes first: files that wait for something, are parked or missing; files and rows in quarantine that are',
    'not yet replaced, repaired or dismissed; failed batches and rebuilds; published rows that were made by another manifest, SQL or',
    'ruleset than those in force; warnings of checks.',
    '',
    'Examples:',
    '  $ soundcheck runs',
    '  $ soundcheck runs --open',
    '  $ soundcheck runs users --pulls',
    '  $ soundcheck runs streams --in-state parked,quarantined --since 2026-11-01',
    "  $ soundcheck runs streams --name 'streams2*' --limit 500",
    '  $ soundcheck runs streams --file streams2.csv --all',
    '  $ soundcheck runs streams --file streams7.csv --rows .',
    '  $ soundcheck runs streams --stage dev --json | jq .datasets[0].files',
  ).action(async (dataset: string | undefined, flags: RunsFlags) =>
    (await import('./run.ts')).showRuns(dataset, flags),
  );
};
