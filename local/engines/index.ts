/**
 * Engines of the laptop, which run jobs and SQL: DuckDB in reader processes, Spark in a worker, Iceberg tables for Spark,
 * PostgreSQL; and the set-up of Spark and dbt. They use no AWS protocol (`local/cloud/` does). Start with `job.ts` and
 * `duckdb/engine.ts`.
 */

export type { Database } from './duckdb/database.ts';
export { type LocalEngine, openEngine } from './duckdb/engine.ts';
export { describeJob, type Job, type JobRun } from './job.ts';
export { planPostgres } from './postgres/server.ts';
export { openSparkEngine } from './spark/engine.ts';
export { findSpark, type SparkInstallation } from './spark/installation.ts';
export { sparkSettings } from './spark/settings.ts';
export { startWorker } from './spark/worker.ts';
export { readWarehouse, setWarehouseAside } from './warehouse.ts';
