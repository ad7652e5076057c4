import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { runQuality } from '../../functions/engine/quality.ts';
import { runKey } from '../../functions/pipeline/lake-keys.ts';
import { QualityResult, type QualitySpec } from '../../functions/pipeline/spec.ts';
import { literal } from '../../functions/values/sql-text.ts';
import { clientEnvironment } from '../../local/cloud/environment.ts';
import type { SparkInstallation } from '../../local/engines/spark/installation.ts';
import { sparkSettings } from '../../local/engines/spark/settings.ts';
import { type SparkWorker, startWorker } from '../../local/engines/spark/worker.ts';
import { bucket, startS3 } from '../local/cloud/s3/laptop-s3.ts';
import { openSpark } from '../spark/spark.ts';

const qualityJob = fileURLToPath(new URL('../../glue/quality.py', import.meta.url));
const meddledJob = fileURLToPath(new URL('meddled_quality.py', import.meta.url));

export type ValidateOptions = {
  /** Id of the job run. */
  readonly run?: string;
  /** A moment of the run and what happens then; see `meddled_quality.py`. */
  readonly meddling?: readonly [moment: string, deed: string];
  readonly worker?: Pick<SparkWorker, 'run'>;
};

/** A lake in a local S3, a warm Spark that runs the quality job over it, and a DuckDB beside, all in a folder whose name begins so. */
export const openQualityLake = async (installation: SparkInstallation, name = 'quality lake ') => {
  const folder = await mkdtemp(join(tmpdir(), name));
  const laptop = await startS3();
  const environment = clientEnvironment(laptop.endpoint);
  const spark = await openSpark(installation, folder, environment);
  const duckdb = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'), { threads: '2' });
  const query = async (sql: string) => {
    const connection = await duckdb.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowObjectsJson();
    } finally {
      connection.closeSync();
    }
  };
  const objectUrl = (key: string) => `${laptop.endpoint}/${bucket}/${key}`;
  const readJson = async (key: string): Promise<unknown> => {
    const response = await fetch(objectUrl(key));
    return response.ok ? response.json() : undefined;
  };
  const stagedFile = ({ staged }: Pick<QualitySpec, 'staged'>) =>
    join(spark.root, staged, 'part-00000.parquet');
  const putSpec = async (spec: QualitySpec): Promise<string> => {
    const key = `runs/${spec.batch}/quality.spec.json`;
    await laptop.s3.put(bucket, key, Buffer.from(JSON.stringify(spec)));
    return `s3://${bucket}/${key}`;
  };
  let workers = 0;
  return {
    root: spark.root,
    query,
    readJson,
    putSpec,
    stagedFile,
    forget: (key: string) => fetch(objectUrl(key), { method: 'DELETE' }),
    /** Rows of one statement on Spark; throws what it failed with. */
    sql: async (statement: string): Promise<Readonly<Record<string, unknown>>[]> => {
      const [answer] = await spark.sql(statement);
      if (answer === undefined || 'error' in answer) throw new Error(answer?.error);
      return answer.rows;
    },
    /** Writes a query's rows as what a transform has staged. */
    stage: async (spec: Pick<QualitySpec, 'staged'>, sql: string): Promise<void> => {
      await mkdir(join(spark.root, spec.staged), { recursive: true });
      await query(`copy (${sql}) to ${literal(stagedFile(spec))} (format parquet)`);
    },
    corrupt: (spec: QualitySpec) => writeFile(stagedFile(spec), 'no Parquet at all'),
    /** Runs the job over a spec that it writes; answers with the result of the batch. */
    validate: async (
      spec: QualitySpec,
      { run = `q${spec.fence}`, meddling, worker = spark.worker }: ValidateOptions = {},
    ): Promise<QualityResult> => {
      const given = ['--spec', await putSpec(spec), '--JOB_RUN_ID', run];
      const log = process.env.SPARK_LOG ? console.error : undefined;
      if (meddling) await worker.run(meddledJob, [...meddling, ...given], log);
      else await worker.run(qualityJob, given, log);
      return QualityResult.parse(await readJson(runKey(spec.batch, 'quality', 'result')));
    },
    /** What the DuckDB engine makes of a spec. */
    validateOnDuckdb: (spec: QualitySpec, run = `q${spec.fence}`): Promise<QualityResult> =>
      runQuality(
        {
          connect: () => duckdb.connect(),
          store: {
            locate: async () => stagedFile(spec),
            readJson: async () => undefined,
            writeOnce: async () => true,
            store: async () => undefined,
          },
          run,
          scratch: folder,
        },
        spec,
      ),
    /** Another process over the same lake. */
    startWorker: (): SparkWorker => {
      workers += 1;
      const scratch = join(folder, `scratch-${workers}`);
      return startWorker({
        installation,
        settings: sparkSettings(installation, { root: spark.root, scratch }),
        environment,
      });
    },
    close: async () => {
      await spark.worker.kill();
      await laptop.close();
      duckdb.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
export type QualityLake = Awaited<ReturnType<typeof openQualityLake>>;
