import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import type { Answer, Task } from './contender.ts';
import { pythonWithPandera } from './python.ts';

/** A program that reads and checks a file in its own process. */
export type Contender = {
  readonly name: string;
  /** Fast enough for the whole file; the others get a part of it. */
  readonly isFast: boolean;
  readonly run: (task: Omit<Task, 'variant'>) => Promise<Answer>;
};

const run = promisify(execFile);
const here = fileURLToPath(new URL('.', import.meta.url));
const bundles = fileURLToPath(new URL('../../.build/bench', import.meta.url));
const programs = ['soundcheck', 'repeated', 'csv-parse', 'papaparse', 'duckdb'] as const;

/** All of them, ours first; the one in Python only if Python is installed. */
export const contenders = async (): Promise<readonly Contender[]> => {
  await bundle();
  const python = await pythonWithPandera();
  return [
    inNode('soundcheck', 'soundcheck', true),
    inNode('soundcheck, without SHA-256', 'soundcheck', true, 'parser'),
    inNode('DuckDB, its own casts, 2 threads', 'duckdb', true, 'casts'),
    inNode('DuckDB, same checks, 2 threads', 'duckdb', true, 'checks'),
    inNode('csv-parse, same checks', 'csv-parse', false),
    inNode('Papa Parse, same checks', 'papaparse', false),
    ...(python ? [inPython('pandas + pandera, same checks', python)] : []),
  ];
};

/** The validator of a file that repeats its rows so many times. */
export const validateOfRepeated = async (): Promise<
  (task: Omit<Task, 'variant'>, times: number) => Promise<Answer>
> => {
  await bundle();
  return (task, times) => inNode('repeated', 'repeated', true, String(times)).run(task);
};

/** Bundled, so that no process spends time on compiling TypeScript. */
const bundle = (): Promise<unknown> =>
  build({
    entryPoints: programs.map((program) => join(here, 'contenders', `${program}.ts`)),
    outdir: bundles,
    outExtension: { '.js': '.mjs' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    logLevel: 'error',
  });

const inNode = (
  name: string,
  program: (typeof programs)[number],
  isFast: boolean,
  variant = '',
): Contender => ({
  name,
  isFast,
  run: (task) =>
    answerOf(process.execPath, [join(bundles, `${program}.mjs`), JSON.stringify({ ...task, variant })]),
});

const inPython = (name: string, python: string): Contender => ({
  name,
  isFast: false,
  run: (task) => answerOf(python, [join(here, 'contenders', 'pandera_contender.py'), JSON.stringify(task)]),
});

const answerOf = async (program: string, args: string[]): Promise<Answer> => {
  const { stdout } = await run(program, args, { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout);
};
