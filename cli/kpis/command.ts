import type { Command } from 'commander';
import { withExamples, withJson, withTarget } from '../options.ts';
import type { KpisFlags } from './run.ts';

/** Adds `kpis`, which shows KPIs as an application reads them. */
export const addKpis = (program: Command): void => {
  const command = program
    .command('kpis')
    .description('show the KPIs that the last rebuild wrote, as an application reads them')
    .argument('[mart]', 'one mart (default: all)')
    .option('--limit <number>', 'how many items of each KPI to show', '20');
  withExamples(
    withJson(withTarget(command)),
    'Each item is shown with its key in the KPI table. The newest day comes first, then the largest figures.',
    'Values of fields that the manifest tags as personal (pii) are shown as ***.',
    '',
    'Examples:',
    '  $ soundcheck kpis listening',
    '  $ soundcheck kpis listening --limit 100 --stage dev --json',
  ).action(async (mart: string | undefined, flags: KpisFlags) =>
    (await import('./run.ts')).showKpis(mart, flags),
  );
};
