import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { PullFlags } from './run.ts';

/** Adds `pull`, which pulls one window of a source. */
export const addPull = (program: Command): void => {
  const command = program
    .command('pull')
    .description('pull a window of a source, land it as a file and follow that')
    .argument('<source>', 'the dataset, as in rules/<dataset>/source.json')
    .option('--from <day>', 'first day of the window (default: the first of the last month)')
    .option('--to <day>', 'last day of the window (default: the last of the month of --from)')
    .option('--confirm', 'the source has changed its server or lost records, and that is right')
    .option('--no-wait', 'follow the pull only, not the file');
  withExamples(
    withJson(withTarget(command)),
    'Pulling a window again lands a file only if its records have changed. A failed pull is tried again by the sweep.',
    '',
    'Exit code: 0 the window has landed and all its rows are published, 1 not.',
    '',
    'Examples:',
    '  $ soundcheck pull users',
    '  $ soundcheck pull sessions --from 2024-01-01 --to 2024-01-31',
    '  $ soundcheck pull songs --confirm --stage dev',
  ).action(async (source: string, flags: PullFlags) => (await import('./run.ts')).pull(source, flags));
};
