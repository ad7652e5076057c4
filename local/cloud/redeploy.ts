import pLimit from 'p-limit';
import type { Catalog } from '../../functions/pipeline/index.ts';
import { PipelineError } from '../../functions/values/index.ts';
import type { LocalEngine } from '../engines/index.ts';
import { buildFunctions } from './build/build.ts';
import type { Functions } from './functions/functions.ts';
import { ServiceError } from './protocol.ts';
import type { DeployedFunction } from './template/deployment.ts';

export type RedeployOptions = {
  readonly root: string;
  readonly state: string;
  readonly deployed: readonly DeployedFunction[];
  readonly engineName: Catalog['engine'];
  readonly engine: Pick<LocalEngine, 'deploy'>;
  readonly functions: Pick<Functions, 'renew'>;
  /** The options with which the cloud was started. */
  readonly catalog: Catalog;
};

/** Puts the project's current SQL and rules in force; returns whether anything has changed. */
export type Redeploy = () => Promise<{ readonly changed: boolean }>;

/**
 * Redeploys onto a running cloud, one call after another. For problems of the project, or a change that the silver tables
 * cannot take, it rejects with a `ServiceError` that names the place, and changes nothing.
 */
export const openRedeploy = (options: RedeployOptions): Redeploy => {
  const { root, state, deployed, engineName, engine, functions } = options;
  const turn = pLimit(1);
  let inForce = JSON.stringify(options.catalog);
  return () =>
    turn(async () => {
      const building = buildFunctions(root, state, deployed, engineName, ({ datasets }) =>
        engine.deploy(tablesOf({ datasets })),
      );
      const [catalog, bundles] = await Promise.allSettled([building.catalog, building.bundles]);
      if (catalog.status === 'rejected') throw rejected(catalog.reason);
      if (bundles.status === 'rejected') throw bundles.reason;
      const next = JSON.stringify(catalog.value);
      if (next === inForce) return { changed: false };
      inForce = next;
      functions.renew();
      return { changed: true };
    });
};

/** The silver tables of a catalog, by dataset. */
export const tablesOf = ({ datasets }: Pick<Catalog, 'datasets'>) =>
  Object.fromEntries(Object.entries(datasets).map(([name, { table }]) => [name, table]));

const rejected = (cause: unknown): unknown => {
  const isProblem =
    cause instanceof PipelineError || (cause instanceof Error && cause.name === 'ProjectProblems');
  if (!isProblem) return cause;
  return new ServiceError('ProjectProblems', `nothing was changed: ${cause.message}`, 400);
};
