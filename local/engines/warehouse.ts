import { existsSync, mkdirSync, renameSync, rmSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { pathPattern } from '../../functions/engine/index.ts';
import { literal } from '../../functions/values/index.ts';
import { type Database, Warehouse } from './duckdb/database.ts';
import { logOf, noteOf } from './duckdb/last-commit.ts';
import { expectCommitted, namingDamage } from './duckdb/sound-files.ts';

export type WarehouseOptions = {
  /** Folder of `warehouse.duckdb`. */
  readonly state: string;
  /** Memory in DuckDB's notation; default: `2GB`. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Files of DuckDB's extensions, in loading order. */
  readonly extensions?: readonly string[];
  /** Folders, in addition to the state's `scratch`, whose files its SQL may read and write. */
  readonly folders?: readonly string[];
  /** Receives a line about each damage that is found. */
  readonly complain?: (line: string) => void;
};

/**
 * Opens the laptop's database, which uses UTC and spills into the state's `scratch`. Its SQL can use only files in the named
 * folders, no network, no other database and no further extension, and cannot change that: every user of the Data API can send
 * SQL.
 */
export const openWarehouse = async (options: WarehouseOptions): Promise<Warehouse> => {
  const { state, complain } = options;
  return Warehouse.open({ path: warehouseIn(state), open: () => openInstance(options), complain });
};

/** The file of a state's database. */
export const warehouseIn = (state: string): string => join(state, 'warehouse.duckdb');

/**
 * Opens the database of a state on which no cloud runs, only to read it; it spills into another folder. Throws `DamagedState`.
 * The caller closes what it gets.
 */
export const readWarehouse = async (
  state: string,
  { extensions = [], spill }: Pick<WarehouseOptions, 'extensions'> & { readonly spill: string },
): Promise<Database & { closeSync(): void }> => {
  const path = warehouseIn(state);
  const explain = (error: unknown): unknown => namingDamage(path, error);
  try {
    expectCommitted(path);
    const settings = { access_mode: 'READ_ONLY', temp_directory: spill, memory_limit: '1GB' };
    const instance = await DuckDBInstance.create(path, settings);
    const connection = await instance.connect();
    for (const sql of ["set global TimeZone = 'UTC'", ...extensions.map((one) => `load ${literal(one)}`)])
      await connection.run(sql);
    connection.closeSync();
    return { connect: () => instance.connect(), explain, closeSync: () => instance.closeSync() };
  } catch (error) {
    throw explain(error);
  }
};

/** Moves a state's database out of the way, so that the next start begins an empty one; returns the folder that it is in now. */
export const setWarehouseAside = (state: string, now = new Date()): string => {
  const aside = join(state, `old-warehouse-${now.toISOString().replace(/\D/g, '').slice(0, 14)}`);
  const database = warehouseIn(state);
  mkdirSync(aside, { recursive: true });
  for (const file of [database, logOf(database)])
    if (existsSync(file)) renameSync(file, join(aside, basename(file)));
  rmSync(noteOf(database), { force: true });
  return aside;
};

const openInstance = async ({
  state,
  memoryLimit = '2GB',
  threads,
  extensions = [],
  folders = [],
}: WarehouseOptions): Promise<DuckDBInstance> => {
  // DuckDB does not take a question mark and what follows as part of the path, and would put its log of changes elsewhere.
  if (state.includes('?'))
    throw new TypeError(`${state}: the path of a state must not have a question mark; name another folder`);
  const scratch = join(state, 'scratch');
  await mkdir(scratch, { recursive: true });
  const instance = await DuckDBInstance.create(warehouseIn(state), {
    preserve_insertion_order: 'false',
    temp_directory: join(scratch, 'duckdb'),
    memory_limit: memoryLimit,
    ...(threads && { threads: String(threads) }),
  });
  const loads = extensions.map((path) => `load ${literal(path)}`);
  // A path with wildcard characters is turned into a pattern that matches only this path.
  const reachable = [scratch, ...folders]
    .flatMap((path) => [path, pathPattern(path)])
    .map(literal)
    .join(', ');
  try {
    const connection = await instance.connect();
    try {
      for (const sql of ["set global TimeZone = 'UTC'", spillLimit, ...loads, ...confined(reachable)])
        await connection.run(sql);
    } finally {
      connection.closeSync();
    }
    return instance;
  } catch (error) {
    // What is not closed keeps the file, and nobody could open it again.
    instance.closeSync();
    throw error;
  }
};

/**
 * Otherwise DuckDB keeps the limit that it finds when it first spills, nine tenths of the room at that moment, although a disk that
 * was full has room again.
 */
const spillLimit = "set global max_temp_directory_size = '1000TB'";

/** The last one makes the others permanent. */
const confined = (folders: string): string[] => [
  'set global autoinstall_known_extensions = false',
  'set global autoload_known_extensions = false',
  `set global allowed_directories = [${folders}]`,
  'set global enable_external_access = false',
  'set global lock_configuration = true',
];
