import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { TargetFlags } from '../target/target.ts';

type RetryFlags = TargetFlags & { readonly mart?: string };

/** Adds `retry`, which gives parked files, or a mart whose rebuild failed, another chance. */
export const addRetry = (program: Command): void => {
  const command = program
    .command('retry')
    .description('try parked files of a dataset again, or the rebuild of a mart that failed')
    .argument('[dataset]', 'the dataset whose parked files (they failed alone twice) are tried again')
    .option('--mart <name>', 'the mart whose failed rebuild is tried again, instead of a dataset');
  withExamples(
    withJson(withTarget(command)),
    'Files are followed to their end, with the reason where one is not published. A rebuild is followed until it has ended;',
    'then the KPIs are shown, or why it failed again. It shows all that the rebuilds before it did not.',
    '',
    'Exit code: 0 every row is published, 1 a file or rows of it are not, or a rebuild failed.',
    '',
    'Examples:',
    '  $ soundcheck retry streams              once what made the runs fail is corrected',
    '  $ soundcheck retry --mart listening     once the SQL or the rows are corrected',
  ).action(async (dataset: string | undefined, flags: RetryFlags) => {
    if ((dataset === undefined) === (flags.mart === undefined))
      throw new Error('name a dataset, or a mart with --mart');
    if (flags.mart !== undefined) return (await import('./mart.ts')).retryMart(flags.mart, flags);
    await (await import('./parked.ts')).retry(dataset ?? '', flags);
  });
};
