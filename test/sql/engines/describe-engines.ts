import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from 'vitest';
import { type Postgres, startPostgres } from '../../../local/engines/postgres/server.ts';
import { describeSpark } from '../../spark/spark.ts';
import { openDuckdb } from './duckdb.ts';
import type { TestEngine } from './engine.ts';
import { postgresEngine } from './postgres.ts';
import { sparkEngine } from './spark.ts';

/** Describes what holds on DuckDB and on Spark, the engines of silver; Spark's part is skipped visibly where it is not set up. */
export const describeSilverEngines = (name: string, tests: (engine: TestEngine) => void): void => {
  describe(`${name} on DuckDB`, () => tests(duckdbEngine()));
  describeSpark(`${name} on Spark`, (spark) => tests(sparkEngine(spark, temporaryFolder())));
};

/** Describes what holds on every engine, with PostgreSQL in the place of Redshift. */
export const describeAllEngines = (name: string, tests: (engine: TestEngine) => void): void => {
  describeSilverEngines(name, tests);
  describePostgres(name, tests);
};

/** Describes what holds on the engines of gold, with PostgreSQL in the place of Redshift. */
export const describeGoldEngines = (name: string, tests: (engine: TestEngine) => void): void => {
  describe(`${name} on DuckDB`, () => tests(duckdbEngine()));
  describePostgres(name, tests);
};

const describePostgres = (name: string, tests: (engine: TestEngine) => void): void => {
  describe(`${name} on PostgreSQL`, () => {
    let server: Postgres | undefined;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    tests(postgresEngine(() => server?.url ?? ''));
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

const duckdbEngine = (): TestEngine => {
  const folder = temporaryFolder();
  let opened: Awaited<ReturnType<typeof openDuckdb>> | undefined;
  beforeAll(async () => {
    opened = await openDuckdb(folder());
  });
  afterAll(() => opened?.close());
  return {
    type: 'duckdb',
    ask: (questions) => (opened ? opened.ask(questions) : Promise.reject(new Error('DuckDB is not open'))),
  };
};
