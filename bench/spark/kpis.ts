import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { openSession } from '../../functions/engine/index.ts';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { literal } from '../../functions/values/index.ts';
import { composeMigration, composeRebuild, type Mart } from '../../functions/warehouse/index.ts';
import { parseUnload } from '../../local/cloud/index.ts';
import type { Database } from '../../local/engines/index.ts';

/** The mart of listens. */
export const listening = ({ marts }: Catalog): Mart => {
  const mart = marts.listening;
  if (!mart) throw new Error('no mart listening');
  return mart;
};

/** The path of a KPI's rows, JSON lines. */
export const kpiFile = (folder: string, kpi: string): string => join(folder, `${kpi}.json`);

/** Rebuilds the mart of listens from silver and writes each KPI's rows into a folder. */
export const unloadKpis = async (instance: Database, catalog: Catalog, folder: string): Promise<void> => {
  await mkdir(folder, { recursive: true });
  const run = {
    rebuild: 'bench',
    seq: 1,
    batches: ['bench'],
    unload: 's3://lake/kpis/',
    target: catalog.target,
  };
  const connection = await instance.connect();
  const session = openSession(connection);
  try {
    await session.run('begin transaction');
    const found = { tables: {}, roles: [] };
    const migration = { migration: 'bench', seq: 1, target: catalog.target, silver: 'silver', found };
    const { transactions } = composeMigration(listening(catalog), migration);
    for (const statement of transactions.flat()) await session.run(statement);
    for (const statement of composeRebuild(listening(catalog), run))
      await session.run(onDisk(statement, folder));
    await session.run('commit');
  } finally {
    connection.closeSync();
  }
};

const onDisk = (statement: string, folder: string): string => {
  const unload = parseUnload(statement);
  if (!unload) return statement;
  const name = unload.key.split('/').at(-2) ?? '';
  return `copy (${unload.select}) to ${literal(kpiFile(folder, name))} (format json)`;
};
