import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setUpDbt } from '../../local/engines/dbt/setup.ts';

/** Where dbt works: a project, a state folder with `warehouse.duckdb`, and a folder for what it writes. */
export type DbtPlace = { readonly project: string; readonly state: string; readonly target: string };

/** How a command of dbt ended, and what it said on both streams. */
export type DbtAnswer = { readonly code: number; readonly output: string };

/** Where dbt is, or why it is not there; a failure where `CI` is true. */
export const findDbt = (): Promise<{ readonly program: string } | { readonly reason: string }> =>
  setUpDbt(console.log).then(
    (program) => ({ program }),
    (cause: unknown) => {
      const why = cause instanceof Error ? cause.message : String(cause);
      const reason = `dbt is not set up (npm run dbt:setup): ${why}`;
      if (process.env.CI === 'true') throw new Error(reason, { cause });
      return { reason };
    },
  );

/** Runs a command in the project's folder `sql/`, as an analyst types it. */
export const runDbt = async (
  program: string,
  { project, state, target }: DbtPlace,
  ...words: readonly string[]
): Promise<DbtAnswer> => {
  const env = {
    ...process.env,
    DBT_TARGET_PATH: target,
    DBT_LOG_PATH: join(target, 'logs'),
    PYTHONPATH: await pretendSpark(target),
    SOUNDCHECK_STATE: state,
  };
  return new Promise((resolve) => {
    execFile(
      program,
      ['--no-use-colors', ...words],
      { cwd: join(project, 'sql'), env },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code ?? 1) : 0, output: `${stdout}${stderr}` });
      },
    );
  });
};

/** dbt asks whether PySpark is there before it compiles for Spark, and never uses it. */
const pretendSpark = async (target: string): Promise<string> => {
  const packages = join(target, 'packages');
  await mkdir(join(packages, 'pyspark'), { recursive: true });
  await writeFile(join(packages, 'pyspark', '__init__.py'), '');
  return packages;
};

/** What `dbt compile` wrote, by `<folder>/<name>`. */
export const compiledBy = async ({ target }: DbtPlace): Promise<Record<string, string>> => {
  const folder = join(target, 'compiled', 'soundcheck');
  const paths = (await readdir(folder, { recursive: true })).filter((path) => path.endsWith('.sql')).sort();
  const read = paths.map(async (path) => [
    path.slice(0, -'.sql'.length),
    await readFile(join(folder, path), 'utf8'),
  ]);
  return Object.fromEntries(await Promise.all(read));
};
