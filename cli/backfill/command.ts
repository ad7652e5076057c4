import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { BackfillFlags } from './run.ts';

/** Adds `backfill`, which pulls many months of a source. */
export const addBackfill = (program: Command): void => {
  const command = program
    .command('backfill')
    .description('pull a source month by month; interrupt it and run it again to continue')
    .argument('<source>', 'the dataset, as in rules/<dataset>/source.json')
    .requiredOption('--from <month>', 'first month, such as 2020-01')
    .requiredOption('--to <month>', 'last month')
    .option('--at-once <number>', 'months that are pulled at the same time', '2')
    .option('--again', 'also months that have landed already')
    .option('--no-wait', 'follow the pulls only, not the files');
  withExamples(
    withJson(withTarget(command)),
    'Months that have landed already are left out. A month that fails is tried again by the sweep, and by the next backfill.',
    '',
    'Exit code: 0 all months have landed and all their rows are published, 1 not.',
    '',
    'Examples:',
    '  $ soundcheck backfill sessions --from 2020-01 --to 2024-06',
    '  $ soundcheck backfill users --from 2020-01 --to 2024-06 --at-once 4 --stage dev --no-wait',
  ).action(async (source: string, flags: BackfillFlags) =>
    (await import('./run.ts')).backfill(source, flags),
  );
};
