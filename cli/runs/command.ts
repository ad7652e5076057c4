import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { RunsFlags } from './run.ts';

/** Adds `runs`, which says what is where and why. */
export const addRuns = (program: Command): void => {
  const command = program
    .command('runs')
    .description('say what is where and why: files, batches, rebuilds, from the ledger')
    .argument('[dataset]', 'one dataset; all, and all marts, if not given')
    .option('--open', 'only what needs a person')
    .option('--in-state <states>', 'only files in one of these states, such as parked,quarantined')
    .option('--since <day>', 'only files that landed on this day (UTC) or later')
    .option('--until <day>', 'only files that landed on this day (UTC) or earlier')
    .option('--name <pattern>', 'only files of such a name; * stands for any letters, ? for one')
    .option('--limit <number>', 'how many files of a dataset to show (default: 20; with --json all)')
    .option('--file <name>', 'the whole story of one file: all its versions and what was repaired of it')
    .option('--all', 'with --file: its reports as well, with all that is wrong')
    .option(
      '--rows <folder>',
      'save the rows that were quarantined to this folder, to be repaired and landed',
    )
    .option('--last <number>', 'how many batches to look back', '10');
  withExamples(
    withJson(withTarget(command)),
    'What needs a person comes first: files that wait for something, are parked, missing, in quarantine whole or in part',
    'and not replaced, repaired or dismissed yet; a batch or a rebuild that failed; published rows that were made by another manifest, SQL or',
    'ruleset than is in force; warnings of checks.',
    '',
    'Examples:',
    '  $ soundcheck runs',
    '  $ soundcheck runs --open',
    '  $ soundcheck runs streams --in-state parked,quarantined --since 2026-11-01',
    "  $ soundcheck runs streams --name 'streams2*' --limit 500",
    '  $ soundcheck runs streams --file streams2.csv --all',
    '  $ soundcheck runs streams --file streams7.csv --rows .',
    '  $ soundcheck runs streams --stage dev --json | jq .datasets[0].files',
  ).action(async (dataset: string | undefined, flags: RunsFlags) =>
    (await import('./run.ts')).showRuns(dataset, flags),
  );
};
