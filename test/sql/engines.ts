import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { afterAll, beforeAll, describe } from 'vitest';
import type { SqlEngine } from '../../deploy/sql-templates.ts';
import { describeSpark, type StatementAnswer, type TestSpark } from '../spark/spark.ts';

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
  readonly relations?: readonly Relation[];
  readonly sql: string;
  /** Names and kinds of the columns that are wanted. */
  readonly columns: Readonly<Record<string, Kind>>;
};
export type Answer = { readonly rows: readonly Row[] } | { readonly error: string };

/** An engine with the settings under which the project's SQL runs on it. */
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

/** Describes what holds on each engine that runs silver's SQL; Spark's part is skipped visibly where it is not set up. */
export const describeSilverEngines = (name: string, tests: (engine: TestEngine) => void): void => {
  describe(`${name} on DuckDB`, () => {
    const folder = temporaryFolder();
    tests(duckdbEngine(folder));
  });
  describeSpark(`${name} on Spark`, (spark) => {
    const folder = temporaryFolder();
    tests(sparkEngine(spark, folder));
  });
};

const temporaryFolder = (): (() => string) => {
  let folder: string;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'engines-'));
  });
  afterAll(() => rm(folder, { recursive: true }));
  return () => folder;
};

/** A column in a form that engines write alike: texts, and numbers that JSON keeps. */
type Shown = Readonly<Record<Kind, (column: string) => string>>;

const shownColumns = (columns: Question['columns'], shown: Shown): string =>
  Object.entries(columns)
    .map(([name, kind]) => `${shown[kind](name)} as ${name}`)
    .join(', ');

const asItIs = (column: string): string => column;

const writeRows = async (folder: string, { name, rows }: Relation, question: number): Promise<string> => {
  const path = join(folder, `${name}-${question}.jsonl`);
  await writeFile(path, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  return path;
};

/** Stands before a text on its way out of DuckDB, whose client takes a byte-order mark at the beginning away. */
const guard = '!';

const duckdbShown: Shown = {
  text: (column) => `'${guard}' || cast(${column} as varchar)`,
  // DuckDB leaves the 0 before the point out where the type has no room for it.
  decimal: (column) => `regexp_replace(cast(${column} as varchar), '^(-?)[.]', '\\10.')`,
  double: asItIs,
  boolean: asItIs,
  timestamp: (column) => `strftime(${column}, '%Y-%m-%d %H:%M:%S.%f')`,
  json: asItIs,
};

const unguarded = (row: Row, columns: Question['columns']): Row =>
  Object.fromEntries(
    Object.entries(row).map(([name, value]) => [
      name,
      columns[name] === 'text' && typeof value === 'string' ? value.slice(guard.length) : value,
    ]),
  );

const duckdbEngine = (folder: () => string): TestEngine => {
  let instance: DuckDBInstance | undefined;
  afterAll(() => instance?.closeSync());
  const answer = async ({ relations = [], sql, columns }: Question, at: number): Promise<Answer> => {
    instance ??= await DuckDBInstance.create(':memory:', { threads: '1' });
    const connection = await instance.connect();
    try {
      await connection.run(`set TimeZone = 'UTC'`);
      for (const relation of relations) {
        const path = await writeRows(folder(), relation, at);
        const types = Object.entries(relation.columns).map(([name, type]) => `"${name}": '${type}'`);
        const reading = `read_json('${path}', format = 'newline_delimited', columns = {${types.join(', ')}})`;
        await connection.run(`create or replace temp view "${relation.name}" as select * from ${reading}`);
      }
      const reader = await connection.runAndReadAll(
        `select ${shownColumns(columns, duckdbShown)} from (${sql}) as answered`,
      );
      return { rows: reader.getRowObjectsJson().map((row) => unguarded(row, columns)) };
    } catch (error) {
      return { error: String(error) };
    } finally {
      connection.closeSync();
    }
  };
  return { type: 'duckdb', ask: (questions) => Promise.all(questions.map(answer)) };
};

const sparkShown: Shown = {
  text: (column) => `cast(${column} as string)`,
  decimal: (column) => `cast(${column} as string)`,
  double: asItIs,
  boolean: asItIs,
  timestamp: (column) => `date_format(${column}, 'yyyy-MM-dd HH:mm:ss.SSSSSS')`,
  json: asItIs,
};

/** All questions are asked in one session, so relations of one name have to be one relation. */
const sparkEngine = (spark: () => TestSpark, folder: () => string): TestEngine => {
  let asked = 0;
  const statements = async ({ relations = [], sql, columns }: Question): Promise<string[]> => {
    asked += 1;
    const views = relations.map(async (relation) => {
      const path = await writeRows(folder(), relation, asked);
      const types = Object.entries(relation.columns).map(([name, type]) => `"${name}" ${sparkType(type)}`);
      return `create or replace temporary view ${relation.name} (${types.join(', ')}) using json options (path '${path}')`;
    });
    return [
      ...(await Promise.all(views)),
      `select ${shownColumns(columns, sparkShown)} from (${sql}) as answered`,
    ];
  };
  return {
    type: 'spark',
    ask: async (questions) => {
      const texts = await Promise.all(questions.map(statements));
      const answers = await spark().sql(...texts.flat());
      return texts.map((_, at) => {
        const first = texts.slice(0, at).flat().length;
        return answerOf(answers.slice(first, first + (texts[at]?.length ?? 0)));
      });
    },
  };
};

const answerOf = (answers: readonly StatementAnswer[]): Answer => {
  const broken = answers.find((answer) => 'error' in answer);
  const last = broken ?? answers.at(-1) ?? { error: 'no answer' };
  return 'error' in last ? last : { rows: last.rows };
};

/** `struct(a varchar)[]` is `array<struct<a: string>>`; columns of landed relations are made of texts. */
const sparkType = (type: string): string => {
  if (type.endsWith('[]')) return `array<${sparkType(type.slice(0, -2))}>`;
  const [, members] = /^struct\((.*)\)$/.exec(type) ?? [];
  if (members === undefined) return type === 'varchar' ? 'string' : type;
  const typed = members
    .split(', ')
    .map((member) => member.replace(/^(\w+) (.*)$/, (_, name, own) => `${name}: ${sparkType(own)}`));
  return `struct<${typed.join(', ')}>`;
};
