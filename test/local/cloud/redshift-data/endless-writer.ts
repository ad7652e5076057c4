/** Sends statements that each write one row, and prints their ids, until it is killed. */
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { openRedshiftData } from '../../../../local/cloud/redshift-data/redshift-data.ts';
import { target } from './target.ts';

const main = async (folder: string): Promise<void> => {
  const instance = await DuckDBInstance.create(join(folder, 'warehouse.duckdb'));
  const api = await openRedshiftData({
    directory: join(folder, 'api'),
    instance,
    store: { put: async () => undefined },
    publish: async () => undefined,
    region: 'eu-west-1',
    account: '000000000000',
  });
  const connection = await instance.connect();
  await connection.run('create table if not exists written (id varchar)');
  for (;;) {
    const Sqls = ['insert into written select uuid()', 'select count(*) from range(100000)'];
    const { Id } = await api.handle('BatchExecuteStatement', { ...target, Sqls, WithEvent: true });
    process.stdout.write(`${Id}\n`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
};

await main(process.argv[2] ?? '');
