import type { Command } from 'commander';
import { type CloudFlags, withCloud, withExamples, withJson } from './options.ts';

/** Adds `retry`, which gives parked files another chance. */
export const addRetry = (program: Command): void => {
  const command = program
    .command('retry')
    .description('give files that failed alone twice, and were parked, another chance')
    .argument('<dataset>', 'the dataset whose parked files are tried again');
  withExamples(
    withJson(withCloud(command)),
    'Example:',
    '  $ soundcheck retry streams             once what made the runs fail is mended',
  ).action(async (dataset: string, flags: CloudFlags) =>
    (await import('./retry-parked.ts')).retry(dataset, flags),
  );
};
