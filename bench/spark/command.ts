import type { Command } from 'commander';
import { machine } from '../report.ts';
import { type Column, markdownTable } from '../validate/table.ts';
import { whole } from '../whole.ts';
import { batchSizes, besideHandWritten, engineSizes, type Standing } from './measure.ts';

const several = (text: string, before: readonly number[] | undefined): number[] => [
  ...(before ?? []),
  whole(text),
];

const usualSizes = [1_000_000, 10_000_000, 50_000_000];
const usualCounts = [1, 100, 1_000];

/** Adds the commands that measure Glue's jobs on Spark. They need `npm run spark:setup`, but no cloud. */
export const addSpark = (program: Command): void => {
  program
    .command('spark-job')
    .description('our jobs on Spark and one written by hand for the same KPIs, in turn')
    .option('--rows <number>', 'rows of the one file', whole, 10_000_000)
    .option('--repeats <number>', 'rounds', whole, 3)
    .option('--json', 'print one JSON object', false)
    .action(async ({ rows, repeats, json }) =>
      print('spark-job', await besideHandWritten(rows, repeats), json),
    );
  program
    .command('engines')
    .description('transform and quality on DuckDB and on Spark, by rows')
    .option('--rows <number>', 'one size, may be repeated (default: 1, 10 and 50 million)', several)
    .option('--json', 'print one JSON object', false)
    .action(async ({ rows, json }) => print('engines', await engineSizes(rows ?? usualSizes), json));
  program
    .command('batch-files')
    .description('transform and quality on DuckDB and on Spark, by the number of files in the batch')
    .option('--files <number>', 'one number, may be repeated (default: 1, 100 and 1,000)', several)
    .option('--rows <number>', 'rows of all files together', whole, 1_000_000)
    .option('--json', 'print one JSON object', false)
    .action(async ({ files, rows, json }) =>
      print('batch-files', await batchSizes(rows, files ?? usualCounts), json),
    );
};

const print = (bench: string, standings: readonly Standing[], isJson: boolean): void => {
  const { cores, memory_gb, node } = machine();
  console.log(
    isJson
      ? JSON.stringify({ bench, ...machine(), standings })
      : `${bench} on ${cores} cores, ${memory_gb} GB, Node ${node}\n\n${markdownTable(standings, columns)}`,
  );
};

const columns: readonly Column<Standing>[] = [
  ['run by', ({ contender }) => contender],
  ['round', ({ round }) => round],
  ['files', ({ files }) => files],
  ['rows', ({ rows }) => rows],
  ['published ms', ({ publish_ms }) => publish_ms],
  ['KPIs ms', ({ kpis_ms }) => kpis_ms],
  ['total ms', ({ total_ms }) => total_ms],
  ['peak MB', ({ peak_mb }) => peak_mb],
  ['load', ({ load }) => load],
];
