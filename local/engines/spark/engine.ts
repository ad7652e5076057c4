import { join } from 'node:path';
import type { SilverTable } from '../../../functions/values/index.ts';
import type { LocalEngine } from '../duckdb/engine.ts';
import { SilverViews } from '../iceberg/silver-views.ts';
import { openWarehouse } from '../warehouse.ts';
import type { SparkInstallation } from './installation.ts';
import { openSparkJobs } from './jobs.ts';

export type SparkEngineOptions = {
  /** Folder with `warehouse.duckdb` and, under `spark`, the lake that Spark keeps. */
  readonly state: string;
  readonly installation: SparkInstallation;
  readonly datasets: Readonly<Record<string, SilverTable>>;
  /** Address of the lake's services. */
  readonly environment: Readonly<Record<string, string>>;
  /** Further variables of one job: the credentials of its role. */
  readonly environmentOf?: (jobScript: string) => Readonly<Record<string, string>>;
  /** Receives a line about each damage that is found. */
  readonly complain?: (line: string) => void;
};

/** Opens Spark for Glue's jobs, and the laptop's database with views over the tables that the jobs publish. */
export const openSparkEngine = async ({
  state,
  installation,
  datasets,
  environment,
  environmentOf,
  complain,
}: SparkEngineOptions): Promise<LocalEngine> => {
  const folder = join(state, 'spark');
  const folders = [join(folder, 'lake'), join(state, 'redshift-data', 'scratch')];
  const instance = await openWarehouse({
    ...{ state, extensions: installation.extensions, folders },
    ...(complain && { complain }),
  });
  const views = new SilverViews({ instance, folder: join(folder, 'lake', 'silver'), datasets });
  await views.refresh();
  const jobs = openSparkJobs({ installation, folder, environment, ...(environmentOf && { environmentOf }) });
  return {
    instance,
    execute: (run) => jobs.execute(run),
    deploy: (changed) => views.deploy(changed),
    refresh: () => views.refresh(),
    close: async () => {
      await jobs.close();
      instance.closeSync();
    },
  };
};
