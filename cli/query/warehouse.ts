import {
  DescribeStatementCommand,
  ExecuteStatementCommand,
  type Field,
  paginateGetStatementResult,
  RedshiftDataClient,
} from '@aws-sdk/client-redshift-data';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal } from '../../functions/engine/sql-text.ts';

/** A value as its exact text; null for NULL. */
export type Cell = string | null;
export type Rows = {
  /** Types under Redshift's names, such as `int8`, `numeric`, `varchar`. */
  readonly columns: readonly { readonly name: string; readonly type: string }[];
  readonly rows: readonly (readonly Cell[])[];
};

const warehouse = { WorkgroupName: 'laptop', Database: 'warehouse' };

/** Asks the laptop's warehouse one SELECT; throws what is wrong with it. */
export const askWarehouse = async (sql: string): Promise<Rows> => {
  await expectOneSelect(sql);
  const client = new RedshiftDataClient({});
  try {
    const { Id } = await client.send(new ExecuteStatementCommand({ ...warehouse, Sql: sql }));
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
};

/** How DuckDB writes a number such as 1e400 of a statement, which is no JSON. */
const endless = /:-?(?:Infinity|NaN)(?=[,}\]])/g;

/** Parses alone, in an empty database: what is no SELECT never reaches the warehouse. */
const expectOneSelect = async (sql: string): Promise<void> => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const read = await connection.runAndReadAll(`select json_serialize_sql(${literal(sql)}) as parsed`);
    const parsed = JSON.parse(String(read.getRowsJson()[0]?.[0]).replaceAll(endless, ':null'));
    if (parsed.error === false && parsed.statements.length === 1) return;
    if (parsed.error === false)
      throw new Error(`one SELECT is answered at a time, there are ${parsed.statements.length}`);
    const isOther = parsed.error_type === 'not implemented';
    throw new Error(isOther ? 'only a SELECT is answered: nothing can be changed' : parsed.error_message);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

/** Resolves once the statement has finished; the service answers as soon as it has, at the latest after half a minute. */
const ended = async (client: RedshiftDataClient, Id: string | undefined): Promise<void> => {
  for (;;) {
    const described = await client.send(new DescribeStatementCommand({ Id, WaitTimeSeconds: 30 }));
    if (described.Status === 'FINISHED') return;
    if (described.Status === 'FAILED' || described.Status === 'ABORTED')
      throw new Error(
        described.Error?.replace(/^(?:Query #1 failed with )?ERROR: (?:\w+ Error: )?/, '') ??
          'the statement failed',
      );
  }
};

const cellOf = (field: Field): Cell =>
  field.isNull
    ? null
    : String(field.stringValue ?? field.longValue ?? field.doubleValue ?? field.booleanValue);
