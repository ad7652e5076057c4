import { afterAll, beforeAll, describe } from 'vitest';
import type { Catalog } from '../../functions/pipeline/catalog.ts';
import { type RedshiftServer, startRedshift } from './redshift-warehouse.ts';
import { openWarehouse, type TestWarehouse } from './warehouse.ts';

/** A database on which rebuilds are tried. */
export type TestEngine = {
  readonly target: Catalog['target'];
  /** Opens an empty warehouse for a catalog that was rendered for the target. */
  open(catalog: Catalog): Promise<TestWarehouse>;
  /** What a transaction says that was made to fail with these words: Redshift can only divide by zero. */
  saysFailure(words: string): string;
};

/** Describes what has to hold on DuckDB and, in place of Redshift, on PostgreSQL. */
export const describeWarehouses = (name: string, tests: (engine: TestEngine) => void): void => {
  describe(`${name}, on DuckDB`, () => tests(duckdb));
  describe(`${name}, on PostgreSQL in place of Redshift`, () => tests(redshiftEngine()));
};

/** The laptop's engine. */
export const duckdb: TestEngine = {
  target: 'duckdb',
  open: (catalog) => openWarehouse(catalog),
  saysFailure: (words) => words,
};

/** Redshift's text on PostgreSQL; its server runs as long as the tests around it. */
export const redshiftEngine = (): TestEngine => {
  let server: RedshiftServer | undefined;
  beforeAll(async () => {
    server = await startRedshift();
  });
  afterAll(() => server?.stop());
  return {
    target: 'redshift',
    open: async (catalog) => {
      if (!server) throw new Error('a warehouse is opened inside of a test');
      return server.open(catalog);
    },
    saysFailure: () => 'division by zero',
  };
};
