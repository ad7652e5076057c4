import { DuckDBInstance } from '@duckdb/node-api';
import { redshiftQueries } from '../../functions/adapters/redshift-queries.ts';
import { literal } from '../../functions/engine/index.ts';
import type { Rows } from '../../functions/pipeline/index.ts';

/** Asks the laptop's warehouse one SELECT; throws what is wrong with it. */
export const askWarehouse = async (sql: string): Promise<Rows> => {
  await expectOneSelect(sql);
  return redshiftQueries({ workgroup: 'laptop', database: 'warehouse' }).ask(sql);
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
