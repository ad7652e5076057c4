import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import type { Mart } from '../../functions/warehouse/model.ts';
import { type RebuildRun, rebuildBatches } from '../../functions/warehouse/rebuild/rebuild.ts';
import { migrator } from './migrated.ts';
import { readUnloaded, unloadPath } from './unloaded.ts';

export type Row = Readonly<Record<string, unknown>>;

/** Rows of one version of one file, as silver holds them, without lineage. */
export type SilverFile = {
  readonly dataset: string;
  readonly file: string;
  readonly version: string;
  /** `YYYY-MM-DD HH:MM:SS`. */
  readonly landedAt: string;
  readonly rows: readonly Row[];
};

/** What happens to silver right before a statement of a rebuild, as SQL. */
export type Meanwhile = (statement: string) => string | undefined;

/** A warehouse with silver tables of a catalog, and what rebuilds unloaded in a temporary folder. */
export type TestWarehouse = {
  /** Whole numbers beyond 32 bits, decimals, days and times are texts. */
  query(sql: string): Promise<Row[]>;
  /** Replaces all rows of a file, as publishing does; no rows retract it. */
  publish(file: SilverFile): Promise<void>;
  /** Runs the transactions of a rebuild one after the other, up to one that fails; gives the unloaded rows by KPI. */
  rebuild(mart: Mart, run?: Partial<RebuildRun>, meanwhile?: Meanwhile): Promise<Map<string, Row[]>>;
  /** Rows that a rebuild left under a folder, also one that failed. */
  unloaded(seq: number, folder: string): Promise<Row[]>;
  close(): Promise<void>;
};

/** A run that differs from others by its sequence alone. */
export const runOf = (seq: number, target: Catalog['target']): RebuildRun => ({
  rebuild: `r${seq}`,
  seq,
  batches: [`b${seq}`],
  unload: `s3://lake/${seq}/`,
  target,
});

/** What silver says of a row's origin. */
export const lineageOf = ({ file, version, landedAt }: SilverFile): Row => ({
  landed_file: file,
  landed_version: version,
  landed_at: landedAt,
  batch_id: `batch-${version}`,
});

/** Opens an empty warehouse on DuckDB; `path` for a database in a file. */
export const openWarehouse = async (catalog: Catalog, path = ':memory:'): Promise<TestWarehouse> => {
  // Few rows: more threads would only wait for each other.
  const instance = await DuckDBInstance.create(path, { threads: '1' });
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-warehouse-'));
  const session = async <Answer>(
    work: (connection: DuckDBConnection) => Promise<Answer>,
  ): Promise<Answer> => {
    const connection = await instance.connect();
    try {
      await connection.run(`set TimeZone = 'UTC'`);
      return await work(connection);
    } finally {
      connection.closeSync();
    }
  };
  const query = (sql: string): Promise<Row[]> =>
    session(async (connection) => (await connection.runAndReadAll(sql)).getRowObjectsJson());
  await session((connection) => createSilver(connection, catalog));
  const migrate = migrator({
    target: 'duckdb',
    select: query,
    transact: (statements) => session((connection) => transact(connection, statements, folder)),
  });
  let last = 0;
  return {
    query,
    publish: (file) => session((connection) => replaceFile(connection, catalog, folder, file)),
    rebuild: async (mart, options, meanwhile) => {
      const seq = options?.seq ?? last + 1;
      await migrate(mart);
      const batches = rebuildBatches(mart, { ...runOf(seq, 'duckdb'), shown: last, ...options, seq });
      for (const { statements } of batches)
        await session((connection) => transact(connection, withMeanwhile(statements, meanwhile), folder));
      last = seq;
      return readUnloaded(join(folder, String(seq)));
    },
    unloaded: async (seq, name) => (await readUnloaded(join(folder, String(seq)))).get(name) ?? [],
    close: async () => {
      instance.closeSync();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

/** Statements, with what happens in between. */
export const withMeanwhile = (
  statements: readonly string[],
  meanwhile: Meanwhile = () => undefined,
): string[] => statements.flatMap((statement) => [...[meanwhile(statement) ?? []].flat(), statement]);

const createSilver = async (connection: DuckDBConnection, { datasets }: Catalog): Promise<void> => {
  await connection.run('create schema if not exists silver');
  for (const [name, { table }] of Object.entries(datasets)) {
    const columns = table.columns.map((column) => `"${column.name}" ${column.type}`);
    await connection.run(`create table if not exists silver."${name}" (${columns.join(', ')})`);
  }
};

const replaceFile = async (
  connection: DuckDBConnection,
  { datasets }: Catalog,
  folder: string,
  silverFile: SilverFile,
): Promise<void> => {
  const { dataset, file, rows } = silverFile;
  const columns = datasets[dataset]?.table.columns ?? [];
  const path = join(folder, 'landed.json');
  await writeFile(path, rows.map((row) => JSON.stringify({ ...row, ...lineageOf(silverFile) })).join('\n'));
  const texts = columns.map(({ name }) => `${name}: 'varchar'`).join(', ');
  const typed = columns.map(({ name, type }) => `cast(${name} as ${type})`).join(', ');
  await connection.run('begin');
  await connection.run(`delete from silver.${dataset} where landed_file = '${file}'`);
  if (rows.length > 0)
    await connection.run(
      `insert into silver.${dataset} select ${typed} from read_json('${path}', format = 'newline_delimited', columns = {${texts}})`,
    );
  await connection.run('commit');
};

const transact = async (
  connection: DuckDBConnection,
  statements: readonly string[],
  folder: string,
): Promise<void> => {
  await connection.run('begin');
  try {
    for (const statement of statements) await connection.run(await onDisk(statement, folder));
    await connection.run('commit');
  } catch (error) {
    await connection.run('rollback');
    throw error;
  }
};

/** The same statement, writing into a local folder instead of S3. */
const onDisk = async (statement: string, folder: string): Promise<string> => {
  const target = /to 's3:\/\/lake\/(\S+)' \(format json\)$/.exec(statement)?.[1];
  if (target === undefined) return statement;
  return statement.replace(`'s3://lake/${target}'`, `'${await unloadPath(folder, target)}'`);
};
