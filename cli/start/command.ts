import type { Command } from 'commander';
import { heardByNpm } from '../npm-flags.ts';
import { withCloud, withExamples, withJson } from '../options.ts';
import type { StartFlags } from './run.ts';

/** Adds `start`, the main command. */
export const addStart = (program: Command): void => {
  const command = program
    .command('start')
    .description('land files, follow them to their KPIs and show the balance')
    .argument('[files...]', 'files to land instead of the sample')
    .option('--dataset <name>', 'the dataset of the files (default: found by their names)');
  withExamples(
    withJson(withCloud(command)),
    'Examples:',
    '  $ soundcheck start                     the sample, from files to KPIs',
    '  $ soundcheck start streams7.csv        your own file',
    '  $ soundcheck start --fresh             start again with an empty state',
    '  $ soundcheck start --fresh --engine spark  the same on Spark and Iceberg, as on AWS',
  ).action(async (files: string[], flags: StartFlags) =>
    (await import('./run.ts')).start(files, { ...flags, ...heardByNpm(process.env) }),
  );
};
