import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { parquetWriteBuffer } from 'hyparquet-writer';
import type { SpecFile } from '../../functions/pipeline/spec.ts';
import { splitFile } from '../../functions/pipeline/steps/split/records.ts';
import { parseManifest } from '../../functions/validation/manifest/manifest.ts';
import { rowsJsonLines } from '../../functions/validation/rows-file/writer.ts';
import { validateFile } from '../../functions/validation/validate-file.ts';
import type { Validation } from '../../functions/validation/verdict.ts';
import { literal } from '../../functions/values/sql-text.ts';
import { manifestOf } from '../functions/engine/validated.ts';
import { memoryStore } from '../functions/pipeline/steps/split/fixture.ts';
import { pieces } from '../functions/validation/fixture.ts';
import { arrow } from './arrow.ts';
import type { Oracle } from './same-record.ts';

/** Parquet files of several writers, as an independent reader and as the validator see them. */

const moment = { type: 'timestamp', format: 'YYYY-MM-DD HH:mm:ss[.ffffff]' };

export const parquetManifest = manifestOf(
  {
    id: { type: 'int', required: true },
    n: { type: 'int' },
    f: { type: 'float' },
    ok: { type: 'bool' },
    name: { type: 'string' },
    day: { type: 'date' },
    at: moment,
    paid: { type: 'decimal(38,10)' },
    'tags[]': { type: 'string' },
    'place.city': { type: 'string' },
    'items[].price': { type: 'decimal(10,2)' },
    'items[].note': { type: 'string' },
    'flat.name': { type: 'string' },
  },
  {
    extension: '.parquet',
    unknown_fields: 'text',
    fields_required: false,
    validation: { on_error: 'quarantine_rows' },
  },
);

/** Writes one more file from a file, as another writer does; what it cannot write it may leave out. */
export type Rewrite = (from: string, to: string, at: number) => Promise<void>;

/** Of `count` files, how many pyarrow writes; each of the other writers rewrites some of these, or makes its own. */
export const makeFiles = async (count: number, seed: number, more: Rewrite = async () => {}) => {
  const folder = await mkdtemp(join(tmpdir(), 'parquet-files-'));
  const database = await DuckDBInstance.create(':memory:', { threads: '1' });
  const ofArrow = Math.ceil(count * 0.6);
  try {
    await arrow('write', folder, String(ofArrow), String(seed));
    for (let at = 0; at < count - ofArrow; at++) {
      const from = join(folder, `arrow${at % ofArrow}.parquet`);
      if (at % 4 === 3) await writeFile(join(folder, `hyparquet${at}.parquet`), byHyparquet(seed + at));
      else if (at % 4 === 2) await more(from, join(folder, `more${at}.parquet`), at);
      else await byDuckdb(database, from, join(folder, `duckdb${at}.parquet`), at);
    }
    await arrow('read', folder);
    const names = (await readdir(folder)).filter((name) => name.endsWith('.parquet'));
    return await Promise.all(
      names.map(async (name) => ({
        name,
        bytes: await readFile(join(folder, name)),
        rows: JSON.parse(await readFile(join(folder, name.replace('.parquet', '.json')), 'utf8')) as Oracle[],
      })),
    );
  } finally {
    database.closeSync();
    await rm(folder, { recursive: true });
  }
};

const codecs = ['uncompressed', 'snappy', 'gzip', 'zstd', 'brotli', 'lz4_raw'];

const byDuckdb = async (database: DuckDBInstance, from: string, to: string, at: number): Promise<void> => {
  const connection = await database.connect();
  const options = `codec ${codecs[at % codecs.length]}, parquet_version v${1 + (at % 2)}, row_group_size ${at % 3 === 0 ? 2048 : 122880}`;
  // It cannot read each type that Arrow writes.
  await connection
    .run(`copy (from read_parquet(${literal(from)})) to ${literal(to)} (format parquet, ${options})`)
    .catch(() => rm(to, { force: true }));
  connection.closeSync();
};

const byHyparquet = (seed: number): Buffer => {
  const rows = Array.from({ length: (seed * 37) % 200 }, (_, at) => at);
  const some = <Value>(value: (at: number) => Value) =>
    rows.map((at) => (at % 7 === 3 ? null : value(at * seed)));
  return Buffer.from(
    parquetWriteBuffer({
      columnData: [
        { name: 'id', data: rows.map(BigInt), type: 'INT64' },
        { name: 'name', data: some((at) => `n"${at % 5}é`), type: 'STRING' },
        { name: 'f', data: some((at) => at / 7), type: seed % 2 === 0 ? 'DOUBLE' : 'FLOAT' },
        { name: 'ok', data: some((at) => at % 2 === 0), type: 'BOOLEAN' },
        { name: 'at', data: some((at) => new Date(at * 1e8)), type: 'TIMESTAMP' },
        { name: 'x', data: some((at) => ({ a: [at, null, { b: '1' }] })), type: 'JSON' },
        {
          name: "x'$",
          data: some((at) => `00000000-0000-4000-8000-${String(at % 1e9).padStart(12, '0')}`),
          type: 'UUID',
        },
      ],
      rowGroupSize: 1 + (seed % 90),
    }),
  );
};

export type MadeFile = Awaited<ReturnType<typeof makeFiles>>[number];

export type Validated = {
  readonly key: string;
  readonly validation: Validation;
  /** Of the copy, and the copy, where the file is accepted. */
  readonly facts?: SpecFile['facts'];
  readonly clean?: Buffer | undefined;
  /** Its records, and the rows that were left out. */
  readonly lines: readonly string[];
  readonly bad: readonly string[];
};

/** What the validator says of a file: the copy that engines read, and why rows or the whole file were left out. */
export const validated = async ({ name, bytes }: MadeFile): Promise<Validated> => {
  const parsed = parseManifest(JSON.stringify(parquetManifest));
  if (!parsed.ok) throw new Error(parsed.problems.join('\n'));
  const key = `data/people/${name}`;
  const range = async (start: number, end: number) => bytes.subarray(start, end);
  const { manifest } = parsed;
  const file = () => ({ key, size: bytes.length, manifest, content: pieces(bytes, 2 ** 16), range });
  const validation = await validateFile(file());
  if (validation.verdict !== 'accepted') return { key, validation, lines: [], bad: [] };
  const { files, stored } = memoryStore();
  const facts = await splitFile(files, file(), validation, {
    clean_key: 'clean',
    source: key,
    rows: rowsJsonLines,
  });
  const linesOf = (name: string): string[] => (stored.get(name)?.toString() ?? '').split('\n').slice(0, -1);
  return {
    key,
    validation,
    facts,
    clean: stored.get('clean'),
    lines: linesOf('clean'),
    bad: linesOf('clean.rows.jsonl'),
  };
};
