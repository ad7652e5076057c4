import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { SqlEngine } from '../../../deploy/sql/templates.ts';

/** What an engine is asked in tests, and what it answers: the same words for all of them. */

export type Row = Readonly<Record<string, unknown>>;

/** Rows that statements read under a name; types as DuckDB writes them. */
export type Relation = {
  readonly name: string;
  readonly columns: Readonly<Record<string, string>>;
  readonly rows: readonly Row[];
};

/** What a column of an answer holds, so that every engine shows one value alike; `json` is left as the engine shows it. */
export type Kind = 'text' | 'decimal' | 'double' | 'boolean' | 'timestamp' | 'json';

export type Question = {
  /** Those of one name have to be one relation in all questions that are asked together. */
  readonly relations?: readonly Relation[];
  readonly sql: string;
  /** Settings of PostgreSQL for this question alone, in which it is like Redshift. */
  readonly before?: readonly string[];
  /** Names and kinds of the columns that are wanted; without them all as the engine shows them. */
  readonly columns?: Readonly<Record<string, Kind>>;
};

/** Rows, and the types of their columns in the engine's words, lower case. */
export type Answer =
  | { readonly rows: readonly Row[]; readonly types: Readonly<Record<string, string>> }
  | { readonly error: string };

/** An engine with the settings under which the project's SQL runs on it; Redshift's part is played by PostgreSQL. */
export type TestEngine = {
  readonly type: SqlEngine;
  /** Answers each question by itself; an engine that cannot says why in `error`. */
  ask(questions: readonly Question[]): Promise<Answer[]>;
};

/** Rows of one question; throws what the engine complained of. */
export const rowsOf = async (engine: TestEngine, question: Question): Promise<readonly Row[]> => {
  const [answer = { error: 'no answer' }] = await engine.ask([question]);
  if ('error' in answer) throw new Error(`${engine.type}: ${answer.error}`);
  return answer.rows;
};

/** How an engine writes a column of each kind, so that the value reaches the test whole. */
export type Shown = Readonly<Record<Kind, (column: string) => string>>;

/** A question's statement, with its columns as the test wants to see them. */
export const shownAs = ({ sql, columns }: Question, shown: Shown): string => {
  if (!columns) return sql;
  const entries = Object.entries(columns).map(([name, kind]) => `${shown[kind](name)} as ${name}`);
  return `select ${entries.join(', ')} from (${sql}) as answered`;
};

export const asItIs = (column: string): string => column;

/** Writes a relation as JSON lines; gives the path. Spark passes over files whose names begin with an underscore. */
export const writeRows = async (folder: string, { name, rows }: Relation, at: number): Promise<string> => {
  const path = join(folder, `${at}-${name}.jsonl`);
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
};
