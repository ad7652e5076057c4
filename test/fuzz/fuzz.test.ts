import { describe, expect, test } from 'vitest';
import { createLanded, groupFiles } from '../../functions/engine/landed.ts';
import { withSession } from '../../functions/engine/session.ts';
import { land, openLake } from '../functions/engine/fixtures.ts';
import { fuzzedFiles } from './fuzzed-files.ts';
import { columns, type ValidatedFile, validated } from './validated.ts';

const count = Number(process.env.FUZZED_FILES ?? 300);
const seed = Number(process.env.FUZZ_SEED ?? Date.now() % 2 ** 31);
const batchSize = 500;

/** The rows that DuckDB reads of each file. */
const readByDuckDB = async (batch: readonly ValidatedFile[]): Promise<Map<string, unknown[][]>> => {
  const lake = await openLake();
  const run = lake.run('fuzz');
  const files = await Promise.all(
    batch.map(async ({ key, bytes, facts, clean }) => {
      const file = await land(lake, key, bytes, facts);
      if (!clean) return file;
      lake.put(`clean/${key}`, clean, 'v1');
      return { ...file, clean_key: `clean/${key}` };
    }),
  );
  const rows = new Map(batch.map(({ key }) => [key, [] as unknown[][]]));
  try {
    await withSession(run, async (session) => {
      const groups = await groupFiles(run.store, files, run.scratch);
      await createLanded(session, { batch: 'b', dataset: 'fuzz', columns }, groups);
      // Asked for its bytes: DuckDB's client for Node drops a byte-order mark when it reads a value.
      const texts = columns.map((name) => `hex(encode(${name})) as ${name}`).join(', ');
      for (const { landed_file, ...row } of await session.rows(
        `select landed_file, ${texts} from landed_fuzz`,
      )) {
        rows.get(String(landed_file))?.push(columns.map((name) => fromHex(row[name])));
      }
    });
  } finally {
    await lake.close();
  }
  return rows;
};

const fromHex = (hex: unknown): string | null =>
  typeof hex === 'string' ? Buffer.from(hex, 'hex').toString() : null;

const inOrder = (rows: readonly (readonly unknown[])[]): string[] =>
  rows.map((each) => JSON.stringify(each)).sort();

describe(`${count} files, whatever their bytes (FUZZ_SEED=${seed})`, () => {
  test('get a verdict, and DuckDB reads the very rows that were accepted', async () => {
    const files = await fuzzedFiles(count, seed);
    const outcomes: Record<string, number> = {};
    const accepted: ValidatedFile[] = [];
    for (const file of files) {
      const outcome = await validated(file).catch((cause: unknown) => {
        throw new Error(`${file.key} (base64 ${file.bytes.toString('base64')}) has no verdict`, { cause });
      });
      const verdict = typeof outcome === 'string' ? outcome : 'accepted';
      outcomes[`${file.format} ${verdict}`] = (outcomes[`${file.format} ${verdict}`] ?? 0) + 1;
      if (typeof outcome !== 'string') accepted.push(outcome);
    }
    for (let at = 0; at < accepted.length; at += batchSize) {
      const batch = accepted.slice(at, at + batchSize);
      const read = await readByDuckDB(batch);
      for (const { key, bytes, rows } of batch)
        expect(inOrder(read.get(key) ?? []), `${key}: ${bytes.toString('base64')}`).toEqual(inOrder(rows));
    }
    if (process.env.FUZZED_FILES) console.log(JSON.stringify(outcomes));
    for (const format of ['csv', 'jsonl', 'json', 'parquet'])
      for (const verdict of ['accepted', 'rejected'])
        expect(outcomes[`${format} ${verdict}`]).toBeGreaterThan(0);
  }, 3_600_000);
});
