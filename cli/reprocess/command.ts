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
    .option('--file <names...>', 'only these files, also where nothing has changed for them')
    .option('--no-wait', 'do not follow them');
  withExamples(
    withJson(withTarget(command)),
    'Files whose rows were made by another manifest, SQL or ruleset than those in force run again from the archive, up to',
    '1,000 in a batch. Their rows are replaced as a corrected file replaces them; until then the old rows serve. A file that',
    'breaks the manifest or a rule now keeps its old rows, with a report. Files that land meanwhile go first in turn.',
    'It can be stopped at any moment: what was asked for is done all the same, and the next call takes up the rest.',
    '',
    'Exit code: 0 all rows are of what is in force and in the KPIs, 1 a file keeps its old rows, or a rebuild failed.',
    '',
    'Examples:',
    '  $ soundcheck reprocess streams',
    '  $ soundcheck reprocess streams --file streams2.csv --stage dev',
  ).action(async (dataset: string, flags: ReprocessFlags) =>
    (await import('./run.ts')).reprocess(dataset, flags),
  );
};
