import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { TargetFlags } from '../target/target.ts';

type RetryFlags = TargetFlags & { readonly mart?: string; readonly tables?: boolean };

/** Adds `retry`, which tries parked files, or a mart whose rebuild failed, again. */
export const addRetry = (program: Command): void => {
  const command = program
    .command('retry')
    .description('try parked files of a dataset, or the failed rebuild or migration of a mart, again')
    .argument(
      '[dataset]',
      'the dataset whose parked files (runs failed twice while alone in the batch) are tried again',
    )
    .option('--mart <name>', 'the mart whose failed rebuild is tried again, instead of a dataset')
    .option(
      '--tables',
      'with --mart: also create its tables and views again that were dropped, and compute their rows',
    );
  withExamples(
    withJson(withTarget(command)),
    'Files are followed to the end, with the reason if one is not published. A rebuild is followed until it has ended;',
    'then the KPIs are shown, or why it failed again. It includes everything that failed rebuilds left out.',
    '',
    'Exit code: 0 all rows are published, 1 a file or some of its rows are not, or a rebuild failed.',
    '',
    'Examples:',
    '  $ soundcheck retry streams              after the cause of the failed runs is corrected',
    '  $ soundcheck retry --mart listening     after the SQL or the rows are corrected',
    '  $ soundcheck retry --mart listening --tables    after a table of gold was dropped',
  ).action(async (dataset: string | undefined, flags: RetryFlags) => {
    if ((dataset === undefined) === (flags.mart === undefined))
      throw new Error('name a dataset, or a mart with --mart');
    if (flags.tables && flags.mart === undefined) throw new Error('--tables needs a mart: --mart NAME');
    if (flags.mart !== undefined) return (await import('./mart.ts')).retryMart(flags.mart, flags);
    await (await import('./parked.ts')).retry(dataset ?? '', flags);
  });
};
