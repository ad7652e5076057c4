import { DuckDBInstance } from '@duckdb/node-api';
import { nestedColumns, recordStructure } from '../functions/engine/index.ts';
import type { Catalog } from '../functions/pipeline/index.ts';
import type { Manifest } from '../functions/validation/index.ts';
import { identifier } from '../functions/values/index.ts';
import {
  composeMigration,
  composeRebuild,
  type Mart,
  pathsOfStatements,
} from '../functions/warehouse/index.ts';
import type { Problem } from './sql/problem.ts';

type Run = (sql: string) => Promise<unknown>;

/**
 * Problems of the embedded engine with a catalog that was rendered for it. It runs silver over empty landed relations, and a
 * whole rebuild of every mart over empty tables, and so finds problems in the engine's own macros, such as members of records.
 */
export const engineProblems = async (
  { datasets, marts }: Catalog,
  manifests: ReadonlyMap<string, Manifest>,
): Promise<Problem[]> => {
  const instance = await DuckDBInstance.create(':memory:', { threads: '1' });
  const connection = await instance.connect();
  const run: Run = (sql) => connection.run(sql);
  const bind: Run = async (sql) => (await connection.prepare(sql)).destroySync();
  try {
    const problems: Problem[] = [];
    const attempt = async (file: string, work: () => Promise<unknown>): Promise<void> => {
      try {
        await work();
      } catch (error) {
        problems.push({ file, message: `DuckDB rejects it: ${said(error)}` });
      }
    };
    await run('create schema silver');
    for (const [dataset, { sql, table }] of Object.entries(datasets)) {
      const manifest = manifests.get(dataset);
      if (manifest) await run(emptyLanded(dataset, manifest));
      if (manifest) await attempt(`sql/silver/${dataset}.sql`, () => bind(sql));
      const columns = table.columns.map(({ name, type }) => `${identifier(name)} ${type}`);
      await run(`create table silver.${identifier(dataset)} (${columns.join(', ')})`);
    }
    for (const mart of Object.values(marts)) {
      const checked = [...definitionsIn(mart), ...statementsOf(mart).filter(isOfOneFile), ...checksOf(mart)];
      for (const { path, sql } of checked)
        await attempt(path || 'sql', () => (sql.startsWith('copy ') ? bind(sql) : run(sql)));
    }
    return problems;
  } finally {
    connection.closeSync();
    instance.closeSync();
  }
};

type FileStatement = { readonly path: string; readonly sql: string };

const statementsOf = (mart: Mart): FileStatement[] => {
  const run = {
    rebuild: 'check',
    seq: 1,
    batches: ['check'],
    unload: 's3://lake/',
    target: 'duckdb' as const,
  };
  const paths = pathsOfStatements(mart, run);
  return composeRebuild(mart, run).map((sql, at) => ({ path: paths[at] ?? '', sql }));
};

/** What a migration sends, before a rebuild; a view has a file. */
const definitionsIn = (mart: Mart): FileStatement[] => {
  const found = { tables: {}, roles: [] };
  const run = { migration: 'check', seq: 1, target: 'duckdb' as const, silver: 'silver', found };
  const views = mart.models.filter(({ kind }) => kind === 'view');
  return composeMigration(mart, run)
    .transactions.flat()
    .map((sql) => {
      const view = views.find(({ name }) => sql.startsWith(`create or replace view gold.${name} as`));
      return { path: view?.path ?? 'sql', sql };
    });
};

const isOfOneFile = ({ path }: FileStatement): boolean => !path.endsWith('/');

/** Checks that a rebuild runs in one statement run here one by one, to find the one that the engine rejects. */
const checksOf = (mart: Mart): FileStatement[] => {
  const checks = mart.models.filter(({ kind }) => kind === 'check');
  if (checks.length < 2) return [];
  return checks.flatMap((check) => {
    const models = mart.models.filter((model) => model.kind !== 'check' || model === check);
    return statementsOf({ ...mart, models }).filter(({ path }) => path === check.path);
  });
};

/** The engine's message in one line, without its lists of functions. */
const said = (error: unknown): string =>
  String(error instanceof Error ? error.message : error)
    .replace(/\s*\n\s*(LINE \d+:|Candidate functions:)[\s\S]*$/, '')
    .replace(/\s*\n\s*/g, ' ');

const emptyLanded = (dataset: string, { format, fields }: Manifest): string => {
  const names = fields.map(({ name }) => name);
  const columns =
    format === 'csv'
      ? names.map((name) => `cast(null as varchar) as ${identifier(name)}`)
      : nestedColumns(names, (key) => `record.${identifier(key)}`);
  const texts = ['unknown_fields', 'landed_file', 'landed_version', 'batch_id'];
  const lineage = [
    ...texts.map((name) => `cast(null as varchar) as ${name}`),
    'cast(null as timestamp) as landed_at',
  ];
  const records =
    format === 'csv' ? '' : ` from (select from_json('{}', ${recordStructure(names)}) as record)`;
  return `create temp view ${identifier(`landed_${dataset}`)} as select ${[...columns, ...lineage].join(', ')}${records}`;
};
