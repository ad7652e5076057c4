import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { DismissFlags } from './run.ts';

/** Adds `dismiss`, which says that quarantined rows are dropped on purpose. */
export const addDismiss = (program: Command): void => {
  const command = program
    .command('dismiss')
    .description('say that what is left in quarantine of a file is dropped on purpose, and needs nobody')
    .argument('<file>', 'a file by its name or key, with @version for one version')
    .option('--dataset <name>', 'look in this dataset only')
    .option('--by <name>', 'who says so (default: the user of this machine)')
    .option('--undo', 'take it back');
  withExamples(
    withJson(withTarget(command)),
    'Rows that were quarantined and that no repair holds, and files that were rejected whole, stay in quarantine with their report',
    'and are counted there. They are not listed by runs --open any more, and replay does not land them again. Rows that',
    'a later version, repair or reprocess quarantines need a person again.',
    '',
    'Examples:',
    '  $ soundcheck dismiss streams7.csv            the rows that are left are true duplicates',
    '  $ soundcheck dismiss streams7.csv --undo',
  ).action(async (file: string, flags: DismissFlags) => (await import('./run.ts')).dismissRows(file, flags));
};
