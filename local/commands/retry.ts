import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from './options.ts';
import type { TargetFlags } from './target.ts';

/** Adds `retry`, which gives parked files another chance. */
export const addRetry = (program: Command): void => {
  const command = program
    .command('retry')
    .description('give files that failed alone twice, and were parked, another chance')
    .argument('<dataset>', 'the dataset whose parked files are tried again');
  withExamples(
    withJson(withTarget(command)),
    'Follows them to their end and says why where one is not published.',
    '',
    'Exit code: 0 every row is published, 1 a file or rows of it are not, or a rebuild failed.',
    '',
    'Example:',
    '  $ soundcheck retry streams    once what made the runs fail is mended',
  ).action(async (dataset: string, flags: TargetFlags) =>
    (await import('./retry-parked.ts')).retry(dataset, flags),
  );
};
