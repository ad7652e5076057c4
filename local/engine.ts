import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DuckDBInstance } from '@duckdb/node-api';
import pLimit from 'p-limit';
import * as z from 'zod';
import { QualitySpec, type SilverTable, TransformSpec } from '../functions/domain/spec.ts';
import type { EngineRun, EngineStore } from '../functions/engine/engine.ts';
import { EngineError, MissingFile, RunFailed, SpecMismatch } from '../functions/engine/errors.ts';
import { runQuality } from '../functions/engine/quality.ts';
import { createSilver } from '../functions/engine/silver.ts';
import { runTransform } from '../functions/engine/transform.ts';
import type { JobRun } from './glue/job.ts';
import { openWarehouse, type WarehouseOptions } from './warehouse.ts';

/** Each query holds a thread of Node's pool, which S3 needs as well. */
const runsAtOnce = 4;

/** What the engine needs of the local S3. */
export type EngineObjects = {
  locate(bucket: string, key: string, versionId?: string): Promise<{ path: string } | undefined>;
  put(
    bucket: string,
    key: string,
    body: { path: string } | Buffer,
    options?: { ifNoneMatch?: boolean },
  ): Promise<object | undefined>;
};

export type EngineOptions = WarehouseOptions & {
  /** The lake. */
  readonly bucket: string;
  readonly s3: EngineObjects;
  readonly datasets: Readonly<Record<string, SilverTable>>;
};

export type LocalEngine = {
  /** Silver and gold. */
  readonly instance: DuckDBInstance;
  /** Runs the spec that `--spec` names, `s3://<lake>/<key>`; rejects when that run fails. */
  execute(run: JobRun): Promise<void>;
  /** Brings the silver tables up to their models; rejects with what one cannot become. */
  deploy(datasets: Readonly<Record<string, SilverTable>>): Promise<void>;
  /** Lets transactions that begin from now on see what has been published by now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
};

/** Opens the laptop's database with a silver table for each dataset, and runs Glue's jobs on it. */
export const openEngine = async (options: EngineOptions): Promise<LocalEngine> => {
  const scratch = join(options.state, 'scratch');
  const folders = [join(options.state, 's3'), join(options.state, 'redshift-data', 'scratch')];
  const instance = await openWarehouse({ ...options, folders });
  await createTables(instance, options.datasets);
  const store = lakeStore(options);
  const turns = pLimit(runsAtOnce);
  const connect = () => instance.connect();
  return {
    instance,
    execute: (run) => turns(() => execute({ connect, store, run: run.id, scratch, signal: run.signal }, run)),
    deploy: (datasets) => createTables(instance, datasets),
    refresh: async () => {},
    close: async () => instance.closeSync(),
  };
};

const createTables = async (instance: DuckDBInstance, datasets: EngineOptions['datasets']): Promise<void> => {
  const connection = await instance.connect();
  try {
    for (const [dataset, table] of Object.entries(datasets)) await createSilver(connection, dataset, table);
  } finally {
    connection.closeSync();
  }
};

const execute = async (
  run: EngineRun,
  { jobScript, arguments: given, begin, log }: JobRun,
): Promise<void> => {
  begin();
  const work = scripts[jobScript];
  if (!work)
    throw new SpecMismatch(`no script is called ${jobScript}; there are ${Object.keys(scripts).join(', ')}`);
  try {
    log(await work(run, keyOf(given['--spec'] ?? '')));
  } catch (error) {
    run.signal?.throwIfAborted();
    throw error instanceof EngineError ? error : new RunFailed(error);
  }
};

/** The lake's key of a location, `s3://<bucket>/<key>`. */
const keyOf = (location: string): string => location.replace(/^s3:\/\/[^/]*\//, '');

/** Each answers with a line for the run's log. */
const scripts: Readonly<Record<string, (run: EngineRun, specKey: string) => Promise<string>>> = {
  transform: async (run, specKey) => {
    const { staged, files } = await runTransform(run, await readSpec(run, specKey, TransformSpec));
    return `staged ${sum(files.map((file) => file.staged))} rows of ${files.length} files under ${staged}`;
  },
  quality: async (run, specKey) => {
    const { files } = await runQuality(run, await readSpec(run, specKey, QualitySpec));
    const published = files.filter(({ outcome }) => outcome === 'published');
    const rows = sum(published.map((file) => file.rows));
    return `published ${rows} rows of ${published.length} of ${files.length} files`;
  },
};

const readSpec = async <Spec>({ store }: EngineRun, key: string, schema: z.ZodType<Spec>): Promise<Spec> => {
  const spec = await store.readJson(key);
  if (spec === undefined) throw new MissingFile(key);
  const parsed = schema.safeParse(spec);
  if (parsed.success) return parsed.data;
  throw new SpecMismatch(`${key} is not a spec of this job: ${z.prettifyError(parsed.error)}`);
};

const sum = (numbers: readonly number[]): number => numbers.reduce((total, n) => total + n, 0);

/** The local S3 as the engine's store: objects are read where they lie. */
const lakeStore = ({ bucket, s3 }: EngineOptions): EngineStore => ({
  locate: async (key, version) => {
    const object = await s3.locate(bucket, key, version);
    if (!object) throw new MissingFile(key, version);
    return object.path;
  },
  readJson: async (key) => {
    const object = await s3.locate(bucket, key);
    return object && JSON.parse(await readFile(object.path, 'utf8'));
  },
  writeOnce: async (key, body) =>
    (await s3.put(bucket, key, Buffer.from(body), { ifNoneMatch: true })) !== undefined,
  store: async (key, path) => {
    await s3.put(bucket, key, { path });
  },
});
