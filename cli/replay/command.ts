import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { ReplayFlags } from './run.ts';

/** Adds `replay`, which lands quarantined files again. */
export const addReplay = (program: Command): void => {
  const command = program
    .command('replay')
    .description('land what is in quarantine again, after the manifest or a rule has changed')
    .argument('<dataset>', 'the dataset')
    .option('--file <names...>', 'only these files')
    .option('--no-wait', 'do not follow them');
  withExamples(
    withJson(withTarget(command)),
    'Whole files land as new versions of themselves; of files that are published without some of their rows, those',
    'rows land. What is older than what is published stays in quarantine, and so does what the same manifest has rejected.',
    '',
    'Exit code: 0 every row of what landed is published, 1 a file or rows of it are not.',
    '',
    'Examples:',
    '  $ soundcheck replay streams',
    '  $ soundcheck replay streams --file streams2.csv --stage dev',
  ).action(async (dataset: string, flags: ReplayFlags) => (await import('./run.ts')).replay(dataset, flags));
};
