import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  GetStatementResultCommand,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { expect, vi } from 'vitest';

/** Rows that the warehouse answers to a select, each value as text, through the Redshift Data API of the environment. */
export const queryWarehouse = async (Sql: string): Promise<string[][]> => {
  const client = new RedshiftDataClient();
  const workgroup = { WorkgroupName: 'soundcheck-dev', Database: 'soundcheck' };
  const { Id } = await client.send(new ExecuteStatementCommand({ ...workgroup, Sql }));
  await vi.waitFor(
    async () => {
      const { Status, Error: message } = await client.send(new DescribeStatementCommand({ Id }));
      expect([Status, message]).toEqual(['FINISHED', undefined]);
    },
    { timeout: 15_000, interval: 100 },
  );
  const { Records = [] } = await client.send(new GetStatementResultCommand({ Id }));
  return Records.map((record) => record.map((field) => String(Object.values(field)[0])));
};
