import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { connectionOf } from '../lake-client.ts';
import { until } from '../until.ts';

const sql = 'select sum(memory_usage_bytes) from duckdb_memory()';

/** What DuckDB holds in memory, MB: above all blocks of its tables, which it keeps until it reaches its limit. */
export const warehouseCache = async (environment: Readonly<Record<string, string>>): Promise<number> => {
  const client = new RedshiftDataClient(connectionOf(environment));
  try {
    const target = { Database: 'soundcheck', WorkgroupName: 'soundcheck-dev' };
    const { Id } = await client.send(new ExecuteStatementCommand({ Sql: sql, ...target }));
    await until(
      async () =>
        (await client.send(new DescribeStatementCommand({ Id }))).Status === 'FINISHED' || undefined,
      { what: sql, everyMs: 20, atMostMs: 10_000 },
    );
    const { Records } = await client.send(new GetStatementResultCommand({ Id }));
    const [bytes = {}] = Records?.[0] ?? [];
    return Number(Object.values(bytes)[0]) / 1e6;
  } finally {
    client.destroy();
  }
};
