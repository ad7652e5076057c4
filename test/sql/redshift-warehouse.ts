import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import { databaseRoles } from '../../functions/warehouse/migration/definitions.ts';
import { rebuildBatches } from '../../functions/warehouse/rebuild/rebuild.ts';
import { startPostgres } from '../../local/engines/postgres/server.ts';
import { migrator } from './migrated.ts';
import { forPostgres, parseUnload } from './redshift-shims.ts';
import { readUnloaded, writeUnloaded } from './unloaded.ts';
import { lineageOf, runOf, type SilverFile, type TestWarehouse } from './warehouse.ts';

/** Values as DuckDB gives them in JSON: days and times as texts, and no local time zone near them. */
const types = {
  getTypeParser: (oid: number, format?: 'text' | 'binary') =>
    oid === pg.types.builtins.DATE || oid === pg.types.builtins.TIMESTAMP
      ? (value: string) => value
      : pg.types.getTypeParser(oid, format),
};

/** A PostgreSQL server that is sent Redshift's text; see `redshift-shims.ts`. */
export type RedshiftServer = {
  /** Opens an empty warehouse in a database of its own. */
  open(catalog: Catalog): Promise<TestWarehouse>;
  stop(): Promise<void>;
};

/** Starts a server. Databases are used again once their warehouse is closed, for making one takes longer than a rebuild. */
export const startRedshift = async (): Promise<RedshiftServer> => {
  const server = await startPostgres();
  const clients: pg.Client[] = [];
  const free: pg.Client[] = [];
  const newClient = async (): Promise<pg.Client> => {
    const client = await connectToNew(server.url, `warehouse_${clients.length + 1}`);
    clients.push(client);
    return client;
  };
  return {
    open: async (catalog) => {
      const client = free.pop() ?? (await newClient());
      await createSilver(client, catalog);
      return warehouseOn(client, () => free.push(client));
    },
    stop: async () => {
      await Promise.all(clients.map((client) => client.end()));
      await server.stop();
    },
  };
};

/** Redshift's views of what exists, which migrations read. */
const systemViews = [
  'create view svv_columns as select table_schema, table_name, column_name from information_schema.columns',
  'create view svv_roles as select rolname as role_name from pg_roles',
];

const connectToNew = async (url: string, database: string): Promise<pg.Client> => {
  const maker = new pg.Client(url);
  await maker.connect();
  await maker.query(`create database ${database}`);
  await maker.end();
  const client = new pg.Client({ connectionString: url.replace(/[^/]*$/, database), types });
  await client.connect();
  for (const view of systemViews) await client.query(view);
  // Nothing has counted the rows of a transaction's own tables, and nested loops over them would take minutes.
  await client.query('set enable_nestloop = off');
  return client;
};

const warehouseOn = async (client: pg.Client, giveBack: () => unknown): Promise<TestWarehouse> => {
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-redshift-'));
  const folderOf = (seq: number): string => join(folder, String(seq));
  const migrate = migrator({
    target: 'redshift',
    select: async (sql) => (await client.query(sql)).rows,
    transact: (statements) => transact(client, statements, folder),
  });
  let last = 0;
  return {
    query: async (sql) => (await client.query(sql)).rows,
    publish: (file) => replaceFile(client, file),
    rebuild: async (mart, options) => {
      const seq = options?.seq ?? last + 1;
      await migrate(mart);
      const batches = rebuildBatches(mart, { ...runOf(seq, 'redshift'), shown: last, ...options, seq });
      for (const { statements } of batches)
        await asRebuild(client, () => transact(client, statements, folder));
      await refreshViews(client);
      last = seq;
      return readUnloaded(folderOf(seq));
    },
    unloaded: async (seq, relation) => (await readUnloaded(folderOf(seq))).get(relation) ?? [],
    close: async () => {
      await client.query('drop schema if exists silver, gold cascade');
      await rm(folder, { recursive: true, force: true });
      giveBack();
    },
  };
};

const createSilver = async (client: pg.Client, { datasets }: Catalog): Promise<void> => {
  await client.query('create schema silver');
  for (const [name, { table }] of Object.entries(datasets)) {
    const columns = table.columns.map((column) => `"${column.name}" ${column.type}`);
    await client.query(`create table silver."${name}" (${columns.join(', ')})`);
  }
};

const replaceFile = async (client: pg.Client, file: SilverFile): Promise<void> => {
  const table = `silver."${file.dataset}"`;
  const rows = file.rows.map((row) => ({ ...row, ...lineageOf(file) }));
  await client.query('begin');
  await client.query(`delete from ${table} where landed_file = $1`, [file.file]);
  await client.query(`insert into ${table} select * from json_populate_recordset(null::${table}, $1)`, [
    JSON.stringify(rows),
  ]);
  await client.query('commit');
};

const transact = async (client: pg.Client, statements: readonly string[], folder: string): Promise<void> => {
  await client.query('begin isolation level serializable');
  try {
    for (const statement of statements) await run(client, statement, folder);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  } finally {
    await client.query('discard temp');
  }
};

/** A rebuild has the permissions that migrations grant, and no others. */
const asRebuild = async (client: pg.Client, work: () => Promise<void>): Promise<void> => {
  await client.query(`set role ${databaseRoles.rebuild}`);
  try {
    await work();
  } finally {
    await client.query('reset role');
  }
};

/** What Redshift does by itself after a commit. */
const refreshViews = async (client: pg.Client): Promise<void> => {
  const { rows } = await client.query<{ name: string }>(
    `select matviewname as name from pg_matviews where schemaname = 'gold'`,
  );
  for (const { name } of rows) await client.query(`refresh materialized view gold."${name}"`);
};

const run = async (client: pg.Client, statement: string, folder: string): Promise<void> => {
  const { rows } = await client.query<{ line: string }>(forPostgres(statement));
  const unload = parseUnload(statement);
  if (unload)
    await writeUnloaded(
      folder,
      unload.prefix,
      rows.map(({ line }) => line),
    );
};
