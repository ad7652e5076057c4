import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import pLimit from 'p-limit';
import {
  createSilver,
  type EngineRun,
  type EngineStore,
  MissingFile,
  qualityBySpec,
  RunFailed,
  SpecMismatch,
  tablesBySpec,
} from '../../../functions/engine/index.ts';
import { PipelineError, type SilverTable } from '../../../functions/values/index.ts';
import type { JobRun } from '../job.ts';
import { openWarehouse, type WarehouseOptions } from '../warehouse.ts';
import type { Database } from './database.ts';
import { withLinkedFiles } from './linked-store.ts';
import { openReaders, type Readers, type ReadersOptions } from './reader-pool.ts';

/** Each query uses a thread of Node's pool, which S3 needs as well. */
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
  /** The same for one job, with the permissions of its role; default: `s3` for all. */
  readonly s3Of?: (jobScript: string) => EngineObjects;
  readonly datasets: Readonly<Record<string, SilverTable>>;
  /** Limits of the processes that read landed files. */
  readonly reader?: Pick<ReadersOptions, 'memoryLimit' | 'mostMemory' | 'idleFor'>;
};

export type LocalEngine = {
  /** Silver and gold. */
  readonly instance: Database;
  /** Runs the spec that `--spec` names, `s3://<lake>/<key>`; rejects if that run fails. */
  execute(run: JobRun): Promise<void>;
  /** Changes the silver tables to fit their models; rejects with the changes that are not possible. */
  deploy(datasets: Readonly<Record<string, SilverTable>>): Promise<void>;
  /** Makes later transactions see what is published now. */
  refresh(): Promise<void>;
  close(): Promise<void>;
};

/**
 * Opens the laptop's database with a silver table for each dataset, and runs Glue's jobs: transforms, which read landed files,
 * in their own processes; quality runs, which read staged rows, in the database itself.
 */
export const openEngine = async (options: EngineOptions): Promise<LocalEngine> => {
  const { state, reader = {}, threads } = options;
  const scratch = join(state, 'scratch');
  const folders = [join(state, 'redshift-data', 'scratch')];
  const warehouse = await openWarehouse({ ...options, folders });
  await createTables(warehouse, options.datasets);
  const { bucket, s3, s3Of = () => s3 } = options;
  const storeOf = (jobScript: string) => lakeStore(bucket, s3Of(jobScript));
  const bundles = join(state, 'bundles');
  const store = storeOf('transform');
  const readers = openReaders({ scratch: join(scratch, 'readers'), bundles, store, threads, ...reader });
  const turns = pLimit(runsAtOnce);
  const connect = () => warehouse.connect();
  const run = (jobRun: JobRun) =>
    withLinkedFiles(storeOf(jobRun.jobScript), join(scratch, 'staged'), (linked) =>
      execute({ connect, store: linked, run: jobRun.id, scratch, signal: jobRun.signal }, jobRun, readers),
    );
  return {
    instance: warehouse,
    execute: (jobRun) => (jobRun.jobScript === 'transform' ? run(jobRun) : turns(() => run(jobRun))),
    deploy: (datasets) => createTables(warehouse, datasets),
    refresh: async () => {},
    close: async () => {
      warehouse.closeSync();
      await readers.close();
    },
  };
};

const createTables = async (instance: Database, datasets: EngineOptions['datasets']): Promise<void> => {
  const connection = await instance.connect();
  try {
    for (const [dataset, table] of Object.entries(datasets)) await createSilver(connection, dataset, table);
  } finally {
    connection.closeSync();
  }
};

/** The scripts that run in the database itself. */
const scripts: Readonly<Record<string, typeof qualityBySpec>> = {
  quality: qualityBySpec,
  tables: tablesBySpec,
};

const execute = async (run: EngineRun, jobRun: JobRun, readers: Readers): Promise<void> => {
  const { jobScript, arguments: given, begin, log } = jobRun;
  const spec = keyOf(given['--spec'] ?? '');
  sayWhatBegan(jobRun);
  if (jobScript === 'transform') return readers.transform(jobRun, spec);
  begin();
  const script = scripts[jobScript];
  if (!script)
    throw new SpecMismatch(`there is no script ${jobScript}; the scripts are transform, quality and tables`);
  try {
    log(await script(run, spec));
  } catch (error) {
    run.signal?.throwIfAborted();
    throw error instanceof PipelineError ? error : new RunFailed(error);
  }
};

/** The file version with which the work began, if the run was told. */
const sayWhatBegan = ({ arguments: given, log }: JobRun): void => {
  const correlation_id = given['--correlation_id'];
  if (correlation_id !== undefined) log(JSON.stringify({ message: 'the run begins', correlation_id }));
};

/** The lake's key of a location, `s3://<bucket>/<key>`. */
const keyOf = (location: string): string => location.replace(/^s3:\/\/[^/]*\//, '');

/** The local S3 as the engine's store: objects are read in place. */
const lakeStore = (bucket: string, s3: EngineObjects): EngineStore => ({
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
