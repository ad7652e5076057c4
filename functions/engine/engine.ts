import type { DuckDBConnection } from '@duckdb/node-api';

/** The lake as an engine uses it: files to read in place, results to write. */
export type EngineStore = {
  /** A local path from which DuckDB can read one object version (by default the newest); `MissingFile` if it is gone. */
  locate(key: string, version?: string): Promise<string>;
  /** A small JSON object; undefined if there is none. */
  readJson(key: string): Promise<unknown | undefined>;
  /** Writes with If-None-Match; false if the key already exists. */
  writeOnce(key: string, body: string): Promise<boolean>;
  /** Stores a local file under a key. */
  store(key: string, path: string): Promise<void>;
};

/** Everything that a run needs besides its spec. */
export type EngineRun = {
  /** A new connection to the database that holds silver; the run closes it. */
  readonly connect: () => Promise<DuckDBConnection>;
  readonly store: EngineStore;
  /** Id of the job run. */
  readonly run: string;
  /** A local folder for files that exist as long as the run. */
  readonly scratch: string;
  /** Stops the run, also in the middle of a query. */
  readonly signal?: AbortSignal;
};

/** The one file that a transform run stages, under `staging/<batch>/<run>/`; it is written even if it has no rows. */
export const stagedFile = 'part-00000.parquet';
