import { type Command, InvalidArgumentError } from 'commander';
import { machine } from '../report.ts';
import { type Footprint, flatMemory } from './flat-memory.ts';
import { type Standing, type ValidateOptions, type Validation, validate } from './measure.ts';
import { type Column, markdownTable } from './table.ts';

const positive = (text: string): number => {
  const value = Number(text);
  if (!(value > 0)) throw new InvalidArgumentError('It must be a number above 0.');
  return value;
};

const several = (text: string, before: readonly number[] | undefined): number[] => [
  ...(before ?? []),
  positive(text),
];

const usualSizes = [5, 50, 500, 5000];
const fileNames = 'which files (clean, dirty, quoted, tracks), default: all';

/** Adds the commands that measure how fast files are validated, and with how much memory. */
export const addValidate = (program: Command): void => {
  program
    .command('validate [files...]')
    .description(`the validator and other validators, one after another on the same files; ${fileNames}`)
    .option('--size <megabytes>', 'size of the files', positive, 500)
    .option('--part <megabytes>', 'size for those that would take minutes', positive, 50)
    .option('--repeats <number>', 'number of rounds; the median counts', positive, 3)
    .option('--json', 'print one JSON object', false)
    .action(async (files: string[], options: ValidateOptions & { json: boolean }) => {
      const validation = await validate({ ...options, files });
      console.log(options.json ? asJson('validate', validation) : asText(validation));
    });
  program
    .command('validate-memory [files...]')
    .description(`the validator's memory by the size of a generated file; ${fileNames}`)
    .option('--size <megabytes>', 'one size, may be repeated (default: 5, 50, 500 and 5000)', several)
    .option('--json', 'print one JSON object', false)
    .action(async (files: string[], options: { size?: number[]; json: boolean }) => {
      const footprints = await flatMemory(options.size ?? usualSizes, files);
      const isJson = options.json;
      console.log(
        isJson ? asJson('validate-memory', { footprints }) : markdownTable(footprints, footprintColumns),
      );
    });
};

const asJson = (bench: string, measured: object): string =>
  JSON.stringify({ bench, ...machine(), ...measured });

const standingColumns: readonly Column<Standing>[] = [
  ['file', ({ file }) => file],
  ['read by', ({ contender }) => contender],
  ['MB', ({ megabytes }) => megabytes],
  ['MB/s', ({ mb_per_s }) => mb_per_s],
  ['least MB/s', ({ slowest_mb_per_s }) => slowest_mb_per_s],
  ['MB/CPU s', ({ mb_per_cpu_s }) => mb_per_cpu_s],
  ['rows/s', ({ rows_per_s }) => Math.round(rows_per_s)],
  ['soundcheck is', ({ soundcheck_is_times }) => `${soundcheck_is_times.toFixed(2)} ×`],
  ['peak MB', ({ peak_mb }) => peak_mb],
  ['rows', ({ records }) => records],
  ['invalid rows', ({ invalid }) => invalid],
];

const footprintColumns: readonly Column<Footprint>[] = [
  ['file', ({ file }) => file],
  ['MB', ({ megabytes }) => megabytes],
  ['MB/s', ({ mb_per_s }) => mb_per_s],
  ['peak MB', ({ peak_mb }) => peak_mb],
  ['rows', ({ records }) => records],
  ['invalid rows', ({ invalid }) => invalid],
];

const asText = ({ standings, load }: Validation): string => {
  const { cores, memory_gb, node } = machine();
  const [before, after] = load.map((average) => average.toFixed(1));
  return [
    `validate on ${cores} cores, ${memory_gb} GB, Node ${node}, load average ${before} before, ${after} after`,
    '',
    markdownTable(standings, standingColumns),
    ...(standings.some(({ contender }) => contender.startsWith('pandas'))
      ? []
      : ['', 'pandas + pandera was skipped: there is no python3']),
  ].join('\n');
};
