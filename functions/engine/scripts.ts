import * as z from 'zod';
import { QualitySpec, runKey, type TablesResult, TablesSpec, TransformSpec } from '../pipeline/index.ts';
import type { EngineRun } from './engine.ts';
import { MissingFile, SpecMismatch } from './errors.ts';
import { runQuality } from './quality.ts';
import { createSilver } from './silver.ts';
import { runTransform } from './transform.ts';

/** Runs the transform spec under a key and returns a line for the run's log. */
export const transformBySpec = async (run: EngineRun, key: string): Promise<string> => {
  const { staged, files } = await runTransform(run, await readSpec(run, key, TransformSpec));
  return `staged ${sum(files.map((file) => file.staged))} rows of ${files.length} files under ${staged}`;
};

/** Runs the quality spec under a key and returns a line for the run's log. */
export const qualityBySpec = async (run: EngineRun, key: string): Promise<string> => {
  const { files } = await runQuality(run, await readSpec(run, key, QualitySpec));
  const published = files.filter(({ outcome }) => outcome === 'published');
  const rows = sum(published.map((file) => file.rows));
  return `published ${rows} rows of ${published.length} of ${files.length} files`;
};

/** Gives the silver tables of the spec under a key their columns, and returns a line for the run's log. */
export const tablesBySpec = async (run: EngineRun, key: string): Promise<string> => {
  const { id, tables } = await readSpec(run, key, TablesSpec);
  const connection = await run.connect();
  try {
    for (const [dataset, table] of Object.entries(tables)) await createSilver(connection, dataset, table);
  } finally {
    connection.closeSync();
  }
  const result: TablesResult = { id, run: run.run, tables: Object.keys(tables).sort() };
  await run.store.writeOnce(runKey(id, 'tables', 'result'), JSON.stringify(result));
  return `${result.tables.length} silver tables have the columns of their models`;
};

const readSpec = async <Spec>({ store }: EngineRun, key: string, schema: z.ZodType<Spec>): Promise<Spec> => {
  const spec = await store.readJson(key);
  if (spec === undefined) throw new MissingFile(key);
  const parsed = schema.safeParse(spec);
  if (parsed.success) return parsed.data;
  throw new SpecMismatch(`${key} is not a spec of this job: ${z.prettifyError(parsed.error)}`);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
