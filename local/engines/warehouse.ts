import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { literal, pathPattern } from '../../functions/engine/index.ts';
import { Warehouse } from './duckdb/database.ts';

export type WarehouseOptions = {
  /** Folder that holds `warehouse.duckdb`. */
  readonly state: string;
  /** As DuckDB writes it; `2GB` when none is given. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Files of DuckDB's extensions, in the order in which they are loaded. */
  readonly extensions?: readonly string[];
  /** Folders beside the state's `scratch` whose files its SQL may read and write. */
  readonly folders?: readonly string[];
};

/**
 * Opens the laptop's database, which speaks UTC and spills into the state's `scratch`. Its SQL reaches no file outside of the named
 * folders, no network, no other database and no further extension, and cannot change that: whoever reaches the Data API sends SQL.
 */
export const openWarehouse = async (options: WarehouseOptions): Promise<Warehouse> => {
  const open = () => openInstance(options);
  return new Warehouse(await open(), open);
};

const openInstance = async ({
  state,
  memoryLimit = '2GB',
  threads,
  extensions = [],
  folders = [],
}: WarehouseOptions): Promise<DuckDBInstance> => {
  // DuckDB takes what follows for no part of the path, and would keep its log of changes elsewhere.
  if (state.includes('?'))
    throw new TypeError(`${state}: the path of a state has no question mark; name another folder`);
  const scratch = join(state, 'scratch');
  await mkdir(scratch, { recursive: true });
  const instance = await DuckDBInstance.create(join(state, 'warehouse.duckdb'), {
    preserve_insertion_order: 'false',
    temp_directory: join(scratch, 'duckdb'),
    memory_limit: memoryLimit,
    ...(threads && { threads: String(threads) }),
  });
  const loads = extensions.map((path) => `load ${literal(path)}`);
  // A path with signs of a pattern is read as one that matches it alone.
  const reachable = [scratch, ...folders]
    .flatMap((path) => [path, pathPattern(path)])
    .map(literal)
    .join(', ');
  const connection = await instance.connect();
  try {
    for (const sql of ["set global TimeZone = 'UTC'", ...loads, ...confined(reachable)])
      await connection.run(sql);
  } finally {
    connection.closeSync();
  }
  return instance;
};

/** The last of these makes the others final. */
const confined = (folders: string): string[] => [
  'set global autoinstall_known_extensions = false',
  'set global autoload_known_extensions = false',
  `set global allowed_directories = [${folders}]`,
  'set global enable_external_access = false',
  'set global lock_configuration = true',
];
