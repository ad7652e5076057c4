import { DuckDBInstance } from '@duckdb/node-api';
import type { Row } from '../sql/warehouse.ts';

/** Rows of a relation in a database's file, as the pipeline unloads them; `beside` is attached, for views that read it. */
export const rowsIn = async (
  path: string,
  relation: string,
  columns: readonly string[],
  beside?: string,
): Promise<Row[]> => {
  const instance = await DuckDBInstance.create(path, { access_mode: 'READ_ONLY', threads: '2' });
  const connection = await instance.connect();
  try {
    if (beside) await connection.run(`attach '${beside}' as pipeline (read_only)`);
    if (beside) await connection.run(`set search_path = 'main,pipeline.silver'`);
    const select = `select ${columns.join(', ')} from ${relation}`;
    const read = await connection.runAndReadAll(
      `select cast(to_json(model) as varchar) from (${select}) as model`,
    );
    return read.getRowsJson().map(([row]): Row => JSON.parse(String(row)));
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

/** Runs statements on a database's file. */
export const change = async (path: string, ...statements: readonly string[]): Promise<void> => {
  const instance = await DuckDBInstance.create(path);
  const connection = await instance.connect();
  try {
    for (const statement of statements) await connection.run(statement);
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};
