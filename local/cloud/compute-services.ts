import { join } from 'node:path';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { type LocalEngine, openEngine, openSparkEngine } from '../engines/index.ts';
import type { JobGuard } from './access/jobs.ts';
import { deployedNames, functionEnvironment } from './environment.ts';
import { openGlue } from './glue/glue.ts';
import { LedgerTables } from './ledger-tables.ts';
import type { Publish } from './protocol.ts';
import { tablesOf } from './redeploy.ts';
import { openRedshiftData } from './redshift-data/redshift-data.ts';
import type { LocalS3 } from './s3/s3.ts';
import type { ServicesOptions } from './service-options.ts';

/** Services that compute: an engine, and the jobs and the warehouse on it. */

export const openEngines = async (
  { state, endpoint, deployment, closers, disk, log: complain }: ServicesOptions,
  engine: LocalEngine,
  publish: Publish,
  guard: JobGuard,
) => {
  const { instance } = engine;
  const execute: LocalEngine['execute'] = async (run) => {
    await guard.expectRun(run);
    await engine.execute(run);
  };
  const { LEDGER_TABLE = '' } = deployedNames(deployment);
  const ledger = new LedgerTables(instance, LEDGER_TABLE, endpoint, deployment.region);
  const refresh = async (sqls: readonly string[]): Promise<void> => {
    guard.expectSilver(sqls);
    await Promise.all([engine.refresh(), ledger.refresh(sqls)]);
  };
  const { account, region, jobs } = deployment;
  const glue = await openGlue({ directory: join(state, 'glue'), jobs, execute, publish, disk, complain });
  closers.add('jobs', () => glue.close());
  const directory = join(state, 'redshift-data');
  const ports = { instance, refresh, store: guard.unloading, publish, disk, complain };
  const warehouse = await openRedshiftData({ directory, ...ports, region, account });
  closers.add('warehouse', async () => {
    await warehouse.close();
    ledger.close();
  });
  return { glue, 'redshift-data': warehouse };
};

export const openChosenEngine = (
  { state, endpoint, deployment, engine, log: complain }: ServicesOptions,
  s3: LocalS3,
  catalog: Catalog,
  guard: JobGuard,
): Promise<LocalEngine> => {
  const datasets = tablesOf(catalog);
  if (engine.name === 'spark') {
    const environment = functionEnvironment(endpoint, state);
    const environmentOf = (job: string) => ({ AWS_ACCESS_KEY_ID: guard.keyOf(job) });
    return openSparkEngine({
      ...{ state, datasets, installation: engine.installation, environment, environmentOf, complain },
    });
  }
  const { LAKE_BUCKET: bucket = '' } = deployedNames(deployment);
  return openEngine({ state, s3, s3Of: guard.objectsOf, bucket, datasets, complain });
};
