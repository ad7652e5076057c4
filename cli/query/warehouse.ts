import { DuckDBInstance } from '@duckdb/node-api';
import { redshiftQueries } from '../../functions/adapters/redshift-queries.ts';
import type { Rows } from '../../functions/pipeline/index.ts';
import { literal } from '../../functions/values/index.ts';
import { laptopWarehouse } from '../target/laptop-warehouse.ts';

/** Runs one SELECT on the laptop's warehouse; throws its error. */
export const askWarehouse = async (sql: string): Promise<Rows> => {
  await expectOneSelect(sql);
  return redshiftQueries(laptopWarehouse).ask(sql);
};

/** DuckDB's form of a number such as 1e400 in a parsed statement, which is not valid JSON. */
const endless = /:-?(?:Infinity|NaN)(?=[,}\]])/g;

/** Parses in an empty database: only a SELECT reaches the warehouse. */
const expectOneSelect = async (sql: string): Promise<void> => {
  const instance = await DuckDBInstance.create();
  const connection = await instance.connect();
  try {
    const read = await connection.runAndReadAll(`select json_serialize_sql(${literal(sql)}) as parsed`);
    const parsed = JSON.parse(String(read.getRowsJson()[0]?.[0]).replaceAll(endless, ':null'));
    if (parsed.error === false && parsed.statements.length === 1) return;
    if (parsed.error === false)
      throw new Error(`only one SELECT can run at a time, here are ${parsed.statements.length}`);
    const isOther = parsed.error_type === 'not implemented';
    throw new Error(isOther ? 'only a SELECT can run: tables cannot be changed' : parsed.error_message);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};
