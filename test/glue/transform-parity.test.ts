import { copyFile, mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderCatalog } from '../../deploy/render/render.ts';
import { parquetFiles } from '../../functions/engine/read-files.ts';
import { runTransform } from '../../functions/engine/transform.ts';
import type { SpecFile, TransformSpec } from '../../functions/pipeline/spec.ts';
import { writeSample } from '../../local/generate/sample.ts';
import { type Lake, openLake, transformSpec } from '../functions/engine/fixtures.ts';
import { cleanKeyOf, type ManifestJson, validated } from '../functions/engine/validated.ts';
import { makeFiles, validated as validatedParquet } from '../parquet/landed-parquet.ts';
import { parquetSpec } from '../parquet/staged-parquet.ts';
import { describeInstalled } from '../spark/installed.ts';
import { type DirtyBatch, dirtyBatch, dirtyColumns, dirtySql } from './dirty-files.ts';
import { openSparkLake, type SparkLake } from './spark-lake.ts';

const root = join(import.meta.dirname, '../..');
const runs = Number(process.env.PARITY_RUNS ?? 3);

describeInstalled('the transform on Spark and on DuckDB', (installation) => {
  let spark: SparkLake;
  let duckdb: Lake;
  beforeAll(async () => {
    if (installation) spark = await openSparkLake(installation);
    duckdb = await openLake();
  }, 300_000);
  afterAll(async () => {
    await spark?.close();
    await duckdb?.close();
  });

  let batches = 0;
  const nextBatch = (): string => `people-${String(++batches).padStart(6, '0')}`;

  /** Lands a file in both lakes, under the version that the one of Spark gives it. */
  const land = async (key: string, body: Buffer, json: ManifestJson): Promise<SpecFile> => {
    const { facts, clean } = await validated(key, body, json);
    const version = await spark.put(key, body);
    duckdb.put(key, body, version);
    const file = { key, version, landed_at: '2024-06-25T12:00:00.123Z', facts };
    if (!clean) return file;
    await spark.put(cleanKeyOf(key), clean);
    duckdb.put(cleanKeyOf(key), clean);
    return { ...file, clean_key: cleanKeyOf(key) };
  };

  const stagedRows = async (
    from: { query: (sql: string) => Promise<unknown[][]> },
    relation: string,
    columns: readonly string[],
  ) => {
    const types = await from.query(
      `select column_name, column_type from (describe select * from ${relation}) order by all`,
    );
    // As bytes, since DuckDB's client for Node drops a byte-order mark where a value begins with one.
    const texts = columns.map((name) => `hex(encode(cast("${name}" as varchar)))`).join(', ');
    const rows = await from.query(`select ${texts} from ${relation} order by all`);
    return { types, rows };
  };

  const bothStage = async (sparkSpec: TransformSpec, duckdbSql = sparkSpec.sql) => {
    const columns = sparkSpec.table.columns.map(({ name }) => name);
    // Each run has a folder of its own: several are at work at once.
    const run = `r-${sparkSpec.batch}`;
    const onSpark = await spark.transform(sparkSpec, run);
    const onDuckdb = await runTransform(duckdb.run(run), { ...sparkSpec, sql: duckdbSql });
    const path = await duckdb.store.locate(`${onDuckdb.staged}part-00000.parquet`);
    expect(onSpark.files).toEqual(onDuckdb.files);
    const query = { query: duckdb.rows };
    const [mine, other] = [
      await stagedRows(query, spark.stagedFiles(onSpark), columns),
      await stagedRows(query, parquetFiles([path]), columns),
    ];
    expect(mine).toEqual(other);
    return other.rows.length;
  };

  test(
    'is the same for files that are as odd as may be',
    async () => {
      const holds = async ({ json, files }: DirtyBatch): Promise<void> => {
        const landed = await Promise.all(
          files.map(({ ending, body }, at) => land(`data/people/${at}${ending}`, body, json)),
        );
        const table = {
          key: [],
          order: [],
          columns: dirtyColumns.map((name) => ({ name, type: 'varchar(64)' })),
        };
        const columns = Object.keys(json.schema.fields);
        await bothStage(transformSpec(landed, { batch: nextBatch(), sql: dirtySql, columns, table }));
      };
      await fc.assert(fc.asyncProperty(dirtyBatch, holds), { numRuns: runs, endOnFailure: true });
    },
    60_000 + runs * 100_000,
  );

  test('is the same for the real listens and the catalogues that go with them', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'sample-'));
    try {
      const [sample, ...catalogs] = await Promise.all([
        writeSample(folder),
        renderCatalog(root, 'duckdb', 'spark'),
        renderCatalog(root, 'duckdb', 'duckdb'),
      ]);
      const staged = sample.slice(0, 3).map(async ({ dataset, path }) => {
        const [onSpark, onDuckdb] = catalogs.map(({ datasets }) => datasets[dataset]);
        const json: ManifestJson = JSON.parse(
          await readFile(join(root, 'rules', dataset, 'manifest.json'), 'utf8'),
        );
        const file = await land(`data/${dataset}/${basename(path)}`, await readFile(path), json);
        const { sql, table } = onSpark ?? { sql: '', table: { key: [], order: [], columns: [] } };
        const columns = Object.keys(json.schema.fields);
        const spec = transformSpec([file], { batch: nextBatch(), dataset, columns, sql, table });
        expect(await bothStage(spec, onDuckdb?.sql)).toBe(file.facts.records);
      });
      expect(await Promise.all(staged)).toHaveLength(3);
    } finally {
      await rm(folder, { recursive: true });
    }
  }, 300_000);

  test(
    'is the same for Parquet of all types and writers',
    async () => {
      const made = await makeFiles(Number(process.env.PARQUET_FILES ?? 8), 3, async (from, to) => {
        const folder = `${to}.spark`;
        const copy = `insert overwrite directory '${folder}' using parquet select * from parquet.\`${from}\``;
        const [answer] = await spark.sql(copy);
        // It cannot read each type that Arrow writes.
        if (answer && 'error' in answer) return;
        const part = (await readdir(folder)).find((name) => name.endsWith('.parquet'));
        if (part) await copyFile(join(folder, part), to);
      });
      const files = await Promise.all(
        made.map(async (file) => {
          const { facts, clean, key } = await validatedParquet(file);
          if (!facts || !clean) return [];
          const version = await spark.put(cleanKeyOf(key), clean);
          duckdb.put(cleanKeyOf(key), clean);
          return [{ key, version, landed_at: '2024-06-25T12:00:00Z', facts, clean_key: cleanKeyOf(key) }];
        }),
      );
      const batch = nextBatch();
      const onSpark = parquetSpec(files.flat(), batch, (array) => `get(${array}, 0)`);
      const onDuckdb = parquetSpec(files.flat(), batch, (array) => `${array}[1]`);
      expect(await bothStage(onSpark, onDuckdb.sql)).toBeGreaterThan(0);
    },
    10 * 60_000,
  );
});
