import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { ReportFlags } from './run.ts';

/** Adds `report`, which prints the violations of a file, or the rows that the checks of a rebuild found. */
export const addReport = (program: Command): void => {
  const command = program
    .command('report')
    .description(
      'print the violations of a file (validation, quality rules, reprocess), or the rows that the checks of a rebuild found',
    )
    .argument('<file>', 'a file by its name or key, with @version for one version; or a rebuild')
    .option('--dataset <name>', 'look in this dataset only');
  withExamples(
    withJson(withTarget(command)),
    'Examples:',
    '  $ soundcheck report streams2.csv',
    '  $ soundcheck report streams2.csv --stage dev --json',
    '  $ soundcheck report listening-00000004     every row that its checks found',
  ).action(async (file: string, flags: ReportFlags) => (await import('./run.ts')).showReport(file, flags));
};
