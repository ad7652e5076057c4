import * as z from 'zod';
import { QualitySpec, TransformSpec } from '../pipeline/index.ts';
import type { EngineRun } from './engine.ts';
import { MissingFile, SpecMismatch } from './errors.ts';
import { runQuality } from './quality.ts';
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

const readSpec = async <Spec>({ store }: EngineRun, key: string, schema: z.ZodType<Spec>): Promise<Spec> => {
  const spec = await store.readJson(key);
  if (spec === undefined) throw new MissingFile(key);
  const parsed = schema.safeParse(spec);
  if (parsed.success) return parsed.data;
  throw new SpecMismatch(`${key} is not a spec of this job: ${z.prettifyError(parsed.error)}`);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);
