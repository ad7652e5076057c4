import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  paginateGetStatementResult,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { expect, vi } from 'vitest';

/** Runs a statement through the Redshift Data API of the environment, as a person may, and gives its id. */
export const changeWarehouse = async (Sql: string, client = new RedshiftDataClient()) => {
  const workgroup = { WorkgroupName: 'soundcheck-dev', Database: 'soundcheck' };
  const { Id } = await client.send(new ExecuteStatementCommand({ ...workgroup, Sql }));
  await vi.waitFor(
    async () => {
      const { Status, Error: message } = await client.send(new DescribeStatementCommand({ Id }));
      expect([Status, message]).toEqual(['FINISHED', undefined]);
    },
    { timeout: 60_000, interval: 100 },
  );
  return Id;
};

/** Rows that the warehouse answers to a select, each value as text. */
export const queryWarehouse = async (sql: string): Promise<string[][]> => {
  const client = new RedshiftDataClient();
  const Id = await changeWarehouse(sql, client);
  const rows: string[][] = [];
  for await (const { Records = [] } of paginateGetStatementResult({ client }, { Id }))
    rows.push(...Records.map((record) => record.map((field) => String(Object.values(field)[0]))));
  return rows;
};
