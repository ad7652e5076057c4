import { type DuckDBConnection, DuckDBInstance, type DuckDBResultReader } from '@duckdb/node-api';
import {
  type Answer,
  asItIs,
  type Question,
  type Row,
  type Shown,
  shownAs,
  type TestEngine,
  writeRows,
} from './engine.ts';

/** Stands before a text on its way out of DuckDB, whose client takes a byte-order mark at the beginning away. */
const guard = '!';

const shown: Shown = {
  text: (column) => `'${guard}' || cast(${column} as varchar)`,
  // DuckDB leaves the 0 before the point out where the type has no room for it.
  decimal: (column) => `regexp_replace(cast(${column} as varchar), '^(-?)[.]', '\\10.')`,
  double: asItIs,
  boolean: asItIs,
  timestamp: (column) => `strftime(${column}, '%Y-%m-%d %H:%M:%S.%f')`,
  json: asItIs,
};

/** DuckDB in memory; relations are views over files in the folder. */
export const openDuckdb = async (folder: string): Promise<TestEngine & { close(): void }> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const answer = async (question: Question, at: number): Promise<Answer> => {
    const connection = await instance.connect();
    try {
      await createRelations(connection, folder, question, at);
      return answerOf(await connection.runAndReadAll(shownAs(question, shown)), question);
    } catch (error) {
      return { error: String(error) };
    } finally {
      connection.closeSync();
    }
  };
  return {
    type: 'duckdb',
    ask: (questions) => Promise.all(questions.map(answer)),
    close: () => instance.closeSync(),
  };
};

const createRelations = async (
  connection: DuckDBConnection,
  folder: string,
  { relations = [] }: Question,
  at: number,
): Promise<void> => {
  await connection.run(`set TimeZone = 'UTC'`);
  for (const relation of relations) {
    const path = await writeRows(folder, relation, at);
    const types = Object.entries(relation.columns).map(([name, type]) => `"${name}": '${type}'`);
    const reading = `read_json('${path}', format = 'newline_delimited', columns = {${types.join(', ')}})`;
    await connection.run(`create temp view "${relation.name}" as select * from ${reading}`);
  }
};

const answerOf = (reader: DuckDBResultReader, { columns = {} }: Question): Answer => ({
  rows: reader.getRowObjectsJson().map((row) => unguarded(row, columns)),
  types: Object.fromEntries(
    reader.columnNames().map((name, at) => [name, String(reader.columnType(at)).toLowerCase()]),
  ),
});

const unguarded = (row: Row, columns: NonNullable<Question['columns']>): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      columns[name] === 'text' && typeof value === 'string' ? value.slice(guard.length) : value,
    ]),
  );
