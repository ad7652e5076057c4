import type { DuckDBConnection } from '@duckdb/node-api';

/** The lake as an engine sees it: files to read in place, results to write. */
export type EngineStore = {
  /** A local path that DuckDB can read for the bytes of one object version (the newest when none is named); `MissingFile` when gone. */
  locate(key: string, version?: string): Promise<string>;
  /** A small JSON object; undefined when there is none. */
  readJson(key: string): Promise<unknown | undefined>;
  /** Writes with If-None-Match; false when the key exists already. */
  writeOnce(key: string, body: string): Promise<boolean>;
  /** Stores a local file under a key. */
  store(key: string, path: string): Promise<void>;
};

/** All that a run needs besides its spec. */
export type EngineRun = {
  /** A new connection to the database that holds silver; the run closes it. */
  readonly connect: () => Promise<DuckDBConnection>;
  readonly store: EngineStore;
  /** Id of the job run. */
  readonly run: string;
  /** A local folder for files that live as long as the run. */
  readonly scratch: string;
  /** Interrupts the run, also in the middle of a query. */
  readonly signal?: AbortSignal;
};

/** The one file that a transform run stages, under `staging/<batch>/<run>/`; it is there also when it holds no rows. */
export const stagedFile = 'part-00000.parquet';

/** Where a run of a batch leaves its answer. */
export const resultKey = (batch: string, kind: 'transform' | 'quality'): string =>
  `runs/${batch}/${kind}.result.json`;
