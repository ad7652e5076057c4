import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SpecFile } from '../../functions/pipeline/spec.ts';
import { transformSpec } from '../functions/engine/fixtures.ts';
import { openSparkLake, type SparkLake } from '../glue/spark-lake.ts';
import { describeInstalled } from '../spark/installed.ts';
import { fuzzedFiles } from './fuzzed-files.ts';
import { columns, type ValidatedFile, validated } from './validated.ts';

/** A session costs more than all else here, so it runs on request only. */
const count = Number(process.env.FUZZED_FILES ?? 0);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const batchSize = 1_000;

const lineage = ['landed_file', 'landed_version', 'landed_at', 'batch_id'];
const table = {
  key: ['id'],
  order: ['id'],
  columns: [...columns, ...lineage].map((name) => ({ name, type: 'varchar(64)' })),
};

const inOrder = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map((each) => JSON.stringify(each)).sort();

if (count > 0)
  describeInstalled(`Spark and ${count} files, whatever their bytes (FUZZ_SEED=${seed})`, (installation) => {
    let lake: SparkLake;
    beforeAll(async () => {
      if (installation) lake = await openSparkLake(installation);
    }, 180_000);
    afterAll(() => lake?.close());

    const landed = async ({ key, bytes, facts, clean }: ValidatedFile): Promise<SpecFile> => {
      const version = await lake.put(key, bytes);
      const file = { key, version, landed_at: '2024-06-25T12:00:00Z', facts };
      if (!clean) return file;
      await lake.put(`staging/clean/${key}`, clean);
      return { ...file, clean_key: `staging/clean/${key}` };
    };

    test('reads the very rows that were accepted', { timeout: 7_200_000 }, async () => {
      const outcomes = await Promise.all((await fuzzedFiles(count, seed)).map(validated));
      const accepted = outcomes.filter((outcome) => typeof outcome !== 'string');
      for (let at = 0; at < accepted.length; at += batchSize) {
        const batch = accepted.slice(at, at + batchSize);
        const files: SpecFile[] = [];
        for (const file of batch) files.push(await landed(file));
        const sql = `select ${[...columns, ...lineage].join(', ')} from landed_fuzz`;
        const changes = { batch: `fuzz-${at}`, dataset: 'fuzz', columns, sql, table };
        const result = await lake.transform(transformSpec(files, changes), `run-${at}`);
        const rows = new Map(batch.map(({ key }) => [key, [] as unknown[][]]));
        const texts = columns.map((name) => `hex(encode(${name}))`).join(', ');
        for (const [key, ...row] of await lake.staged(result, `landed_file, ${texts}`))
          rows.get(String(key))?.push(row.map(fromHex));
        for (const { key, bytes, rows: due } of batch)
          expect(inOrder(rows.get(key) ?? []), `${key}: ${bytes.toString('base64')}`).toEqual(inOrder(due));
      }
      console.log(`Spark read ${accepted.length} accepted files of ${count}`);
    });
  });
else test.skip('Spark reads fuzzed files: set FUZZED_FILES', () => {});

const fromHex = (hex: unknown): string | null =>
  typeof hex === 'string' ? Buffer.from(hex, 'hex').toString() : null;
