import { type DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { compileRuleset } from '../../../functions/quality/compile.ts';
import { literal as quoted } from '../../../functions/values/sql-text.ts';

export type Cell = string | number | boolean | null;
export type Row = Readonly<Record<string, Cell>>;
/** Rows of each file by its name; lineage is added. */
export type Batch = Readonly<Record<string, readonly Row[]>>;
export type Outcome = { readonly passed: boolean; readonly metric: string | null };

export const LANDED_AT = '2024-06-30 12:00:00';

const LINEAGE = [
  { name: 'landed_file', type: 'varchar(1024)' },
  { name: 'landed_version', type: 'varchar(1024)' },
  { name: 'landed_at', type: 'timestamp' },
  { name: 'batch_id', type: 'varchar(128)' },
];

/** A table with a column of each kind; enough for nearly every rule. */
export const COLUMNS = [
  { name: 'id', type: 'bigint' },
  { name: 'name', type: 'varchar(64)' },
  { name: 'price', type: 'decimal(10,2)' },
  { name: 'score', type: 'double' },
  { name: 'liked', type: 'boolean' },
  { name: 'born', type: 'date' },
  { name: 'seen', type: 'timestamp' },
  ...LINEAGE,
];

const literal = (cell: Cell | undefined): string => {
  if (cell === null || cell === undefined) return 'null';
  return typeof cell === 'string' ? quoted(cell) : String(cell);
};

/** A DuckDB in memory that validates batches as the engine does. */
export const openBench = async () => {
  const instance = await DuckDBInstance.create(':memory:');
  const connection = await instance.connect();
  await connection.run(`set threads = 1; set timezone = 'UTC'`);
  await connection.run(
    `create table staged (${COLUMNS.map(({ name, type }) => `"${name}" ${type}`).join(', ')})`,
  );
  await connection.run(
    'create table batch_files (landed_file varchar, landed_version varchar, landed_at timestamp)',
  );
  await connection.run(
    'create table custom_outcomes (landed_file varchar, atom int, metric double, passed boolean)',
  );
  return {
    connection,
    validate: (ruleset: string, batch: Batch, landedAt?: string) =>
      validate(connection, ruleset, batch, landedAt),
    examples: (ruleset: string, batch: Batch) => examplesOf(connection, ruleset, batch),
    /** The outcome of one rule for one file. */
    one: async (rule: string, rows: readonly Row[]): Promise<Outcome> => {
      const outcomes = (await validate(connection, `Rules = [ ${rule} ]`, { 'a.csv': rows })).outcomes;
      return outcomes['a.csv']?.[0] ?? { passed: false, metric: 'no outcome' };
    },
    close: () => {
      connection.closeSync();
      instance.closeSync();
    },
  };
};

export type Bench = Awaited<ReturnType<typeof openBench>>;

const validate = async (
  connection: DuckDBConnection,
  ruleset: string,
  batch: Batch,
  landedAt = LANDED_AT,
) => {
  const compiled = compileRuleset(ruleset, { dataset: 'people', columns: COLUMNS });
  await fill(connection, batch, landedAt);
  for (const file of Object.keys(batch)) {
    await connection.run(
      `create or replace temp view "primary" as select * from staged where landed_file = ${literal(file)}`,
    );
    for (const { atom, sql } of compiled.customs)
      await connection.run(
        `insert into custom_outcomes select ${literal(file)}, ${atom}, metric, passed from (${sql})`,
      );
  }
  return { compiled, outcomes: await outcomesOf(connection, compiled.outcomes) };
};

/** The rows that each rule gives as examples, by its number. */
const examplesOf = async (connection: DuckDBConnection, ruleset: string, batch: Batch) => {
  const { compiled } = await validate(connection, ruleset, batch);
  const examples = [];
  for (const { number, sql } of compiled.examples)
    examples.push({ number, rows: (await connection.runAndReadAll(sql)).getRowObjectsJson() });
  return examples;
};

const fill = async (connection: DuckDBConnection, batch: Batch, landedAt: string): Promise<void> => {
  await connection.run('delete from staged; delete from batch_files; delete from custom_outcomes');
  const files = Object.keys(batch).map((file) => `(${literal(file)}, 'v1', timestamp '${landedAt}')`);
  await connection.run(`insert into batch_files values ${files.join(', ')}`);
  const rows = Object.entries(batch).flatMap(([file, own]) =>
    own.map(
      (row) =>
        ({ ...row, landed_file: file, landed_version: 'v1', landed_at: landedAt, batch_id: 'b' }) as Row,
    ),
  );
  if (rows.length === 0) return;
  const tuples = rows.map((row) => `(${COLUMNS.map(({ name }) => literal(row[name])).join(', ')})`);
  await connection.run(`insert into staged values ${tuples.join(', ')}`);
};

const outcomesOf = async (connection: DuckDBConnection, sql: string): Promise<Record<string, Outcome[]>> => {
  const outcomes: Record<string, Outcome[]> = {};
  const result = await connection.runAndReadAll(
    `select * from (${sql}) as outcomes order by landed_file, rule_number`,
  );
  for (const { landed_file, passed, metric } of result.getRowObjectsJson()) {
    const file = String(landed_file);
    outcomes[file] ??= [];
    outcomes[file].push({ passed: passed === true, metric: metric === null ? null : String(metric) });
  }
  return outcomes;
};
