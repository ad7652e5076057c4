import { writeFileSync } from 'node:fs';
import { copyFile, mkdir, mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { type EngineStore, stagedFile } from '../../../functions/engine/engine.ts';
import { MissingFile } from '../../../functions/engine/errors.ts';
import { parquetFiles, writeParquet } from '../../../functions/engine/read-files.ts';
import type {
  QualitySpec,
  SpecFile,
  TransformResult,
  TransformSpec,
} from '../../../functions/pipeline/spec.ts';
import type { CompiledRuleset } from '../../../functions/quality/compiled-ruleset.ts';
import { literal } from '../../../functions/values/sql-text.ts';

/** Signs that engines take for patterns, columns, escapes and ends of texts where nobody tells them otherwise. */
const oddName = "id=77 [x]*?{a,b}'%41 ü ";

/** A lake in a folder whose name has all of these, and a DuckDB beside it. */
export const openLake = async () => {
  const folder = await mkdtemp(join(tmpdir(), 'engine '));
  const files = await mkdtemp(join(folder, oddName));
  const database = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'), { threads: '2' });
  const objects = new Map<string, string>();
  const put = (key: string, body: string | Buffer, version = ''): void => {
    const path = join(files, `object-${objects.size}`);
    writeFileSync(path, body);
    objects.set(`${key}@${version}`, path);
    objects.set(`${key}@`, path);
  };
  const store: EngineStore = {
    locate: async (key, version = '') => {
      const path = objects.get(`${key}@${version}`);
      if (!path) throw new MissingFile(key, version);
      return path;
    },
    readJson: async (key) => {
      const path = objects.get(`${key}@`);
      return path && JSON.parse(await readFile(path, 'utf8'));
    },
    writeOnce: async (key, body) => {
      if (objects.has(`${key}@`)) return false;
      put(key, body);
      return true;
    },
    store: async (key, path) => {
      const copy = join(files, `object-${objects.size}`);
      await copyFile(path, copy);
      objects.set(`${key}@`, copy);
    },
  };
  const rows = async (sql: string) => {
    const connection = await database.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJson();
    } finally {
      connection.closeSync();
    }
  };
  const scratch = join(files, 'scratch');
  await mkdir(scratch);
  return {
    store,
    put,
    forget: (key: string) => objects.delete(`${key}@`),
    run: (id: string, signal?: AbortSignal) => ({
      connect: () => database.connect(),
      store,
      run: id,
      scratch,
      ...(signal && { signal }),
    }),
    /** A Parquet file of a query's rows, written with DuckDB's options. */
    parquet: async (sql: string, options = ''): Promise<Buffer> => {
      const path = join(files, 'written.parquet');
      const connection = await database.connect();
      await connection.run(
        options ? `copy (${sql}) to ${literal(path)} (format parquet, ${options})` : writeParquet(sql, path),
      );
      connection.closeSync();
      return readFile(path);
    },
    /** Columns of the rows that a transform run staged, in order. */
    staged: async ({ staged }: Pick<TransformResult, 'staged'>, columns: string) => {
      const path = await store.locate(`${staged}${stagedFile}`);
      return rows(`select ${columns} from ${parquetFiles([path])} order by all`);
    },
    rows,
    close: async () => {
      database.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
};
export type Lake = Awaited<ReturnType<typeof openLake>>;

/** What a validator knows of a plain file. */
export const plainFacts: SpecFile['facts'] = {
  format: 'csv',
  compression: 'none',
  bom: false,
  delimiter: ',',
  quote: '"',
  header: ['id', 'name'],
  line_end: 'lf',
  multiline: false,
  records: 0,
  bytes: 0,
  sha256: '',
};

/** Puts a file into the lake and says what a validator would say of it. */
export const land = async (
  lake: Lake,
  key: string,
  body: string | Buffer,
  known: Partial<SpecFile['facts']> & { records: number },
  version = 'v1',
): Promise<SpecFile> => {
  lake.put(key, body, version);
  return { key, version, landed_at: '2024-06-25T12:00:00.123Z', facts: { ...plainFacts, ...known } };
};

export const table: TransformSpec['table'] = {
  key: ['id'],
  order: ['id'],
  columns: [
    { name: 'id', type: 'bigint' },
    { name: 'name', type: 'varchar(200)' },
    { name: 'landed_file', type: 'varchar(1024)' },
    { name: 'landed_version', type: 'varchar(1024)' },
    { name: 'landed_at', type: 'timestamp' },
    { name: 'batch_id', type: 'varchar(64)' },
  ],
};

export const transformSpec = (files: SpecFile[], changes: Partial<TransformSpec> = {}): TransformSpec => ({
  kind: 'transform',
  batch: 'people-000001',
  dataset: 'people',
  fence: 1,
  manifest_sha256: '',
  files,
  columns: ['id', 'name'],
  sql: 'select cast(id as bigint) as id, name, landed_file, landed_version, landed_at, batch_id from landed_people',
  table,
  ...changes,
});

/** One rule, `IsComplete "name"`, as a compiler would write it. */
export const nameIsComplete: CompiledRuleset = {
  rules: [{ number: 1, text: 'IsComplete "name"' }],
  customs: [],
  outcomes: `
    select f.landed_file, 1 as rule_number, coalesce(s.missing, 0) = 0 as passed, cast(s.missing as varchar) as metric
    from batch_files as f
    left join (
      select landed_file, count(*) - count(name) as missing from staged group by landed_file
    ) as s on s.landed_file = f.landed_file`,
  examples: [{ number: 1, sql: 'select * from staged where name is null' }],
  references: [],
};

export const qualitySpec = (
  transform: TransformSpec,
  { staged, files }: TransformResult,
  changes: Partial<QualitySpec> = {},
): QualitySpec => ({
  kind: 'quality',
  batch: transform.batch,
  dataset: transform.dataset,
  fence: transform.fence,
  files: transform.files.map(({ key, version, landed_at, facts: { records } }) => ({
    key,
    version,
    landed_at,
    records,
    staged: files.find((file) => file.key === key)?.staged ?? 0,
  })),
  staged,
  ruleset: nameIsComplete,
  table: transform.table,
  pii: [],
  ...changes,
});
