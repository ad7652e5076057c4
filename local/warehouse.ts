import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';

export type WarehouseOptions = {
  /** Folder that holds `warehouse.duckdb`. */
  readonly state: string;
  /** As DuckDB writes it; `2GB` when none is given. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Files of DuckDB's extensions, in the order in which they are loaded. */
  readonly extensions?: readonly string[];
};

/** Opens the laptop's database, which speaks UTC and spills into the state's `scratch`. */
export const openWarehouse = async ({
  state,
  memoryLimit = '2GB',
  threads,
  extensions = [],
}: WarehouseOptions): Promise<DuckDBInstance> => {
  const scratch = join(state, 'scratch');
  await mkdir(scratch, { recursive: true });
  const instance = await DuckDBInstance.create(join(state, 'warehouse.duckdb'), {
    preserve_insertion_order: 'false',
    temp_directory: join(scratch, 'duckdb'),
    memory_limit: memoryLimit,
    ...(threads && { threads: String(threads) }),
  });
  const loads = extensions.map((path) => `load '${path.replaceAll("'", "''")}'`);
  const connection = await instance.connect();
  try {
    for (const sql of ["set global TimeZone = 'UTC'", ...loads]) await connection.run(sql);
  } finally {
    connection.closeSync();
  }
  return instance;
};
