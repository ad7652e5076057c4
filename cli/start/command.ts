import type { Command } from 'commander';
import { heardByNpm } from '../npm-flags.ts';
import { withCloud, withExamples, withJson } from '../options.ts';
import type { StartFlags } from './run.ts';

/** Adds `start`, the main job. */
export const addStart = (program: Command): void => {
  const command = program
    .command('start')
    .description('run the main job: land files, follow them to their KPIs, show the balance')
    .argument('[files...]', 'files to land instead of the sample')
    .option('--dataset <name>', 'the dataset of the files; found by their names if not given');
  withExamples(
    withJson(withCloud(command)),
    'Examples:',
    '  $ soundcheck start                     the sample, from files to KPIs',
    '  $ soundcheck start streams7.csv        a file of your own',
    '  $ soundcheck start --fresh             begin again with an empty state',
    '  $ soundcheck start --fresh --engine spark  the same on Spark and Iceberg, as on AWS',
  ).action(async (files: string[], flags: StartFlags) =>
    (await import('./run.ts')).start(files, { ...flags, ...heardByNpm(process.env) }),
  );
};
