import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { ReplayFlags } from './run.ts';

/** Adds `replay`, which lands quarantined files again. */
export const addReplay = (program: Command): void => {
  const command = program
    .command('replay')
    .description('land quarantined files and rows again, after the manifest or a rule has changed')
    .argument('<dataset>', 'the dataset')
    .option('--file <names...>', 'only these files')
    .option('--no-wait', 'return without following them');
  withExamples(
    withJson(withTarget(command)),
    'A rejected file lands as a new version of its key. Of a file that is published without some of its rows, only those',
    'rows land. Files older than the published version stay in quarantine, and so do files that the same manifest has rejected.',
    '',
    'Exit code: 0 all rows that landed are published, 1 a file or some of its rows are not.',
    '',
    'Examples:',
    '  $ soundcheck replay streams',
    '  $ soundcheck replay streams --file streams2.csv --stage dev',
  ).action(async (dataset: string, flags: ReplayFlags) => (await import('./run.ts')).replay(dataset, flags));
};
