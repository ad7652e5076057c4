import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { DismissFlags } from './run.ts';

/** Adds `dismiss`, which records that quarantined rows are dropped on purpose. */
export const addDismiss = (program: Command): void => {
  const command = program
    .command('dismiss')
    .description('record that the rows of a file that are still in quarantine are dropped on purpose')
    .argument('<file>', 'a file by its name or key, with @version for one version')
    .option('--dataset <name>', 'look in this dataset only')
    .option('--by <name>', 'who decides it (default: the current user)')
    .option('--undo', 'undo an earlier dismissal');
  withExamples(
    withJson(withTarget(command)),
    'Quarantined rows without a repair, and files that were rejected as a whole, stay in quarantine with their report',
    'and are counted there. But runs --open does not list them any more, and replay does not land them again. Rows that',
    'are quarantined later (new version, repair or reprocess) need a person again.',
    '',
    'Examples:',
    '  $ soundcheck dismiss streams7.csv            the remaining rows are true duplicates',
    '  $ soundcheck dismiss streams7.csv --undo',
  ).action(async (file: string, flags: DismissFlags) => (await import('./run.ts')).dismissRows(file, flags));
};
