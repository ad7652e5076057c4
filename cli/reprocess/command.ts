import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { ReprocessFlags } from './run.ts';

/** Adds `reprocess`, which makes the rows of published files again. */
export const addReprocess = (program: Command): void => {
  const command = program
    .command('reprocess')
    .description(
      'make the rows of published files again, after the manifest, silver SQL or a rule has changed',
    )
    .argument('<dataset>', 'the dataset')
    .option('--file <names...>', 'only these files, even if nothing has changed for them')
    .option('--all', 'all published files, for a warehouse that has lost its rows')
    .option('--no-wait', 'return without following them');
  withExamples(
    withJson(withTarget(command)),
    'Files whose rows were made by another manifest, SQL or ruleset than those in force run again from the archive, at most',
    '1,000 per batch. The new rows replace the old ones in one commit, as those of a correction do. A file that',
    'breaks the manifest or a rule now keeps its old rows and gets a report. Files that land meanwhile go first.',
    'It can be stopped at any moment: files that were requested are still done, and the next call requests the rest.',
    '',
    'Exit code: 0 all rows are up to date and in the KPIs, 1 a file keeps its old rows, or a rebuild failed.',
    '',
    'Examples:',
    '  $ soundcheck reprocess streams',
    '  $ soundcheck reprocess streams --file streams2.csv --stage dev',
  ).action(async (dataset: string, flags: ReprocessFlags) =>
    (await import('./run.ts')).reprocess(dataset, flags),
  );
};
