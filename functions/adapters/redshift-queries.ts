import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type Field,
  paginateGetStatementResult,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import type { Cell, Queries } from '../pipeline/index.ts';
import { QueryFailed } from './errors.ts';
import { type RedshiftTarget, targetOf } from './redshift-warehouse.ts';

/** Queries through the Redshift Data API; each has its own client, which is closed with it. */
export const redshiftQueries = (target: RedshiftTarget): Queries => ({
  ask: async (sql) => {
    const client = new RedshiftDataClient({});
    try {
      const { Id } = await client.send(new ExecuteStatementCommand({ ...targetOf(target), Sql: sql }));
      await ended(client, Id);
      const columns: { name: string; type: string }[] = [];
      const rows: Cell[][] = [];
      for await (const page of paginateGetStatementResult({ client }, { Id })) {
        if (columns.length === 0)
          columns.push(
            ...(page.ColumnMetadata ?? []).map(({ name = '', typeName = '' }) => ({ name, type: typeName })),
          );
        for (const record of page.Records ?? []) rows.push(record.map(cellOf));
      }
      return { columns, rows };
    } finally {
      client.destroy();
    }
  },
});

/** Resolves when the statement has finished; the service answers at once then, and after half a minute at the latest. */
const ended = async (client: RedshiftDataClient, Id: string | undefined): Promise<void> => {
  for (;;) {
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    if (described.Status === 'FINISHED') return;
    if (described.Status === 'FAILED' || described.Status === 'ABORTED')
      throw new QueryFailed(
        described.Error?.replace(/^(?:Query #1 failed with )?ERROR: (?:\w+ Error: )?/, '') ??
          'the statement failed',
      );
  }
};

const cellOf = (field: Field): Cell =>
  field.isNull
    ? null
    : String(field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue);
