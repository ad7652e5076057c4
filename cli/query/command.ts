import type { Command } from 'commander';
import { withExamples, withJson } from '../options.ts';
import type { QueryFlags, ShowFlags } from './run.ts';

const tables = [
  'Tables are silver.<dataset> (published rows), gold.<model>, and of the ledger ledger.files, ledger.batches,',
  'ledger.rebuilds, ledger.pulls and ledger.leases. They can only be read. The laptop cloud answers; it is started if it does not run.',
];

const withAnswer = (command: Command): Command =>
  withJson(command)
    .option('--csv', 'answer with CSV')
    .option('--state <folder>', "the laptop cloud's folder (default: .soundcheck)");

/** Adds `query`, which runs one SELECT. */
export const addQuery = (program: Command): void => {
  const command = program
    .command('query')
    .description('run one SELECT over silver, gold and the ledger of the laptop cloud')
    .argument('<sql>', 'one SELECT');
  withExamples(
    withAnswer(command),
    ...tables,
    '',
    'Examples:',
    '  $ soundcheck query "select track_genre, count(*) as listens from gold.fact_listens group by 1 order by 2 desc"',
    '  $ soundcheck query "select state, count(*) as files from ledger.files group by state"',
    '  $ soundcheck query "from silver.streams limit 5" --csv > streams.csv',
  ).action(async (sql: string, flags: QueryFlags) => (await import('./run.ts')).runQuery(sql, flags));
};

/** Adds `show`, which shows a table. */
export const addShow = (program: Command): void => {
  const command = program
    .command('show')
    .description('show the tables of the laptop cloud, or the columns and first rows of one')
    .argument('[table]', 'such as silver.streams (default: a list of all tables)')
    .option('--limit <rows>', 'how many rows to show', '20');
  withExamples(
    withAnswer(command),
    ...tables,
    '',
    'Examples:',
    '  $ soundcheck show',
    '  $ soundcheck show gold.dim_tracks --limit 5',
  ).action(async (table: string | undefined, flags: ShowFlags) =>
    (await import('./run.ts')).showTable(table, flags),
  );
};
