import { randomBytes } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import type { Catalog } from '../../functions/domain/catalog.ts';
import { composeRebuild } from '../../functions/domain/rebuild/rebuild.ts';
import type { Postgres } from '../../local/postgres.ts';
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

/** Opens an empty warehouse in a database of its own, which is sent Redshift's text; see `redshift-shims.ts`. */
export const openRedshift = async (server: Postgres, catalog: Catalog): Promise<TestWarehouse> => {
  const name = `warehouse_${randomBytes(6).toString('hex')}`;
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-redshift-'));
  const session = sessionsOf(server.url);
  const inWarehouse = sessionsOf(server.url.replace(/[^/]*$/, name));
  await session((client) => client.query(`create database ${name}`));
  await inWarehouse((client) => createSilver(client, catalog));
  let last = 0;
  return {
    query: (sql) => inWarehouse(async (client) => (await client.query(sql)).rows),
    publish: (file) => inWarehouse((client) => replaceFile(client, file)),
    rebuild: async (mart, options) => {
      const seq = options?.seq ?? last + 1;
      const statements = composeRebuild(mart, { ...runOf(seq, 'redshift'), ...options, seq });
      await inWarehouse((client) => transact(client, statements, folder));
      last = seq;
      return readUnloaded(join(folder, String(seq)));
    },
    unloaded: async (seq, relation) => (await readUnloaded(join(folder, String(seq)))).get(relation) ?? [],
    close: async () => {
      await session((client) => client.query(`drop database ${name} with (force)`));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const sessionsOf =
  (url: string) =>
  async <Answer>(work: (client: pg.Client) => Promise<Answer>): Promise<Answer> => {
    const client = new pg.Client({ connectionString: url, types });
    await client.connect();
    try {
      return await work(client);
    } finally {
      await client.end();
    }
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
  // Nothing has counted the rows of a transaction's own tables, and nested loops over them would take minutes.
  await client.query('set enable_nestloop = off');
  await client.query('begin isolation level serializable');
  try {
    for (const statement of statements) await run(client, statement, folder);
    await client.query('commit');
  } catch (error) {
    await client.query('rollback');
    throw error;
  }
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
