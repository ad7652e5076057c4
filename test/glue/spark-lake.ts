import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DuckDBInstance } from '@duckdb/node-api';
import { pathPattern } from '../../functions/engine/read-files.ts';
import { runKey } from '../../functions/pipeline/lake-keys.ts';
import { TransformResult, type TransformSpec } from '../../functions/pipeline/spec.ts';
import { literal } from '../../functions/values/sql-text.ts';
import type { SparkInstallation } from '../../local/engines/spark/installation.ts';
import { bucket, startS3 } from '../local/cloud/s3/laptop-s3.ts';
import { openSpark } from '../spark/spark.ts';

const job = (name: string): string => fileURLToPath(new URL(`../../glue/${name}.py`, import.meta.url));

/** Signs that Spark takes for patterns, columns and escapes where nobody tells it otherwise. */
const oddName = "id=77 [x]*?{ab}'%41 ü ";

/** A lake in a local S3, a warm Spark that runs jobs over it, and a DuckDB that looks at what they staged. */
export const openSparkLake = async (installation: SparkInstallation) => {
  const folder = await mkdtemp(join(tmpdir(), oddName));
  const laptop = await startS3();
  const spark = await openSpark(installation, folder, {
    AWS_ENDPOINT_URL: laptop.endpoint,
    AWS_ACCESS_KEY_ID: 'a',
    AWS_SECRET_ACCESS_KEY: 'b',
    AWS_DEFAULT_REGION: 'us-east-1',
  });
  const duckdb = await DuckDBInstance.create(':memory:', { threads: '2' });
  const put = async (key: string, body: string | Buffer): Promise<string> => {
    const kept = await laptop.s3.put(bucket, key, Buffer.from(body));
    return kept?.versionId ?? '';
  };
  const readJson = async (key: string): Promise<unknown> => {
    const response = await fetch(`${laptop.endpoint}/${bucket}/${key}`);
    return response.ok ? response.json() : undefined;
  };
  const query = async (sql: string) => {
    const connection = await duckdb.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJson();
    } finally {
      connection.closeSync();
    }
  };
  /** A relation of the rows that a transform run staged. */
  const stagedFiles = ({ staged }: Pick<TransformResult, 'staged'>): string =>
    `read_parquet(${literal(`${pathPattern(`${spark.root}/${staged}`)}*.parquet`)}, hive_partitioning = false)`;
  return {
    root: spark.root,
    worker: spark.worker,
    sql: spark.sql,
    put,
    readJson,
    query,
    /** Runs the transform job over a spec that it writes; answers with the result of the batch. */
    transform: async (spec: TransformSpec, run: string): Promise<TransformResult> => {
      const key = `runs/${spec.batch}/transform.spec.json`;
      await put(key, JSON.stringify(spec));
      const given = ['--spec', `s3://${bucket}/${key}`, '--JOB_RUN_ID', run, '--correlation_id', 'v1'];
      await spark.worker.run(job('transform'), given, process.env.SPARK_LOG ? console.error : undefined);
      return TransformResult.parse(await readJson(runKey(spec.batch, 'transform', 'result')));
    },
    stagedFiles,
    staged: (result: TransformResult, columns: string) =>
      query(`select ${columns} from ${stagedFiles(result)} order by all`),
    close: async () => {
      await spark.worker.kill();
      await laptop.close();
      duckdb.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
export type SparkLake = Awaited<ReturnType<typeof openSparkLake>>;
