import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from './options.ts';
import type { RunsFlags } from './show-runs.ts';

/** Adds `runs`, which says what is where and why. */
export const addRuns = (program: Command): void => {
  const command = program
    .command('runs')
    .description('say what is where and why: files, batches, rebuilds, from the ledger')
    .argument('[dataset]', 'one dataset; all of rules/ if not given')
    .option('--file <name>', 'the whole story of one file: all its versions and what was mended of it')
    .option('--rows <folder>', 'save the rows that were set aside to this folder, to be mended and landed')
    .option('--last <number>', 'how many batches to look back', '10');
  withExamples(
    withJson(withTarget(command)),
    'Examples:',
    '  $ soundcheck runs',
    '  $ soundcheck runs streams --file streams2.csv',
    '  $ soundcheck runs streams --file streams7.csv --rows .',
    '  $ soundcheck runs streams --stage dev --json | jq .datasets[0].files',
  ).action(async (dataset: string | undefined, flags: RunsFlags) =>
    (await import('./show-runs.ts')).showRuns(dataset, flags),
  );
};
