import { loadavg } from 'node:os';
import { median } from '../median.ts';
import { type WrittenFile, withFolder, writeBenchFile } from './bench-folder.ts';
import type { Answer } from './contender.ts';
import { type BenchFile, benchFiles } from './datasets.ts';
import { type Contender, contenders } from './runners.ts';

/** What to measure: sizes in megabytes, the names of files (all if empty). */
export type ValidateOptions = {
  readonly size: number;
  readonly part: number;
  readonly repeats: number;
  readonly files: readonly string[];
};

/** One contender on one file: medians of its runs. */
export type Standing = {
  readonly file: string;
  readonly contender: string;
  readonly megabytes: number;
  readonly mb_per_s: number;
  readonly slowest_mb_per_s: number;
  readonly rows_per_s: number;
  /** From the processor time of all threads, which other programs on the machine hardly change. */
  readonly mb_per_cpu_s: number;
  /** How many times as many bytes per second we read. */
  readonly soundcheck_is_times: number;
  readonly peak_mb: number;
  readonly records: number;
  readonly invalid: number;
};

/** All results, and the machine's load average (one minute) before and after. */
export type Validation = {
  readonly standings: readonly Standing[];
  readonly load: readonly [number, number];
};

/** Runs all contenders on the same files in turn, in rounds, so that other load affects all of them alike. */
export const validate = async (options: ValidateOptions): Promise<Validation> => {
  const before = loadOfMachine();
  const all = await contenders();
  const files = (await benchFiles()).filter(
    ({ name }) => options.files.length === 0 || options.files.includes(name),
  );
  const standings: Standing[] = [];
  for (const file of files)
    standings.push(...(await withFolder((folder) => standingsOf(folder, file, all, options))));
  return { standings, load: [before, loadOfMachine()] };
};

const loadOfMachine = (): number => loadavg()[0] ?? Number.NaN;

const standingsOf = async (
  folder: string,
  file: BenchFile,
  all: readonly Contender[],
  { size, part, repeats }: ValidateOptions,
): Promise<Standing[]> => {
  const whole = await writeBenchFile(folder, file, size);
  const smaller = part < size ? await writeBenchFile(folder, file, part) : whole;
  const answers = new Map<Contender, Answer[]>(all.map((contender) => [contender, []]));
  for (let round = 0; round < repeats; round++)
    for (const [contender, given] of answers)
      given.push(await contender.run(taskOf(contender.isFast ? whole : smaller)));
  const rows = [...answers].map(([contender, given]) =>
    rowOf(file.name, contender, contender.isFast ? whole : smaller, given),
  );
  const ours = rows[0]?.mb_per_s ?? Number.NaN;
  return rows.map((row) => ({ ...row, soundcheck_is_times: ours / row.mb_per_s }));
};

const taskOf = ({ path, key, manifest }: WrittenFile) => ({ path, key, manifest });

const rowOf = (
  file: string,
  { name }: Contender,
  { bytes }: WrittenFile,
  answers: readonly Answer[],
): Omit<Standing, 'soundcheck_is_times'> => {
  const times = answers.map(({ ms }) => ms);
  const [first] = answers;
  const { records = 0, invalid = 0 } = first ?? {};
  return {
    file,
    contender: name,
    megabytes: bytes / 1e6,
    mb_per_s: bytes / 1e3 / median(times),
    slowest_mb_per_s: bytes / 1e3 / Math.max(...times),
    mb_per_cpu_s: bytes / 1e3 / median(answers.map(({ cpu_ms }) => cpu_ms)),
    rows_per_s: (records * 1e3) / median(times),
    peak_mb: Math.max(...answers.map(({ peak_mb }) => peak_mb)),
    records,
    invalid,
  };
};
