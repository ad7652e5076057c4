import { dynamoKpis } from '../../functions/adapters/dynamo-kpis.ts';
import { dynamoLedger } from '../../functions/adapters/dynamo-ledger.ts';
import { lambdaFunctions } from '../../functions/adapters/lambda-functions.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { s3Landings } from '../../functions/adapters/s3-landings.ts';
import {
  type Catalog,
  type Files,
  type Functions,
  type Kpis,
  kpiTable,
  type Landings,
  type Ledger,
  stackOfLedger,
} from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { catalogOfState } from '../../local/cloud/index.ts';
import { expectBegun } from '../../local/state/index.ts';
import { interrupted } from '../exit-codes.ts';
import { projectRoot, usualState, usualSweepEvery, type Where } from '../options.ts';
import { notice } from '../output/answer.ts';
import { deployedNames } from './deployed-names.ts';
import { finishDeployment } from './finish-deployment.ts';
import { openCloud, pointClientsAt, stopOnSignal } from './open-cloud.ts';
import { engineAt, redeploy, runningCloud } from './running-cloud.ts';

/** Chooses the cloud of a command; without flags it is the one in the environment, else the laptop's default state. */
export type TargetFlags = Where & { readonly json?: boolean };

/** The cloud that a command uses. */
export type Target = {
  /** The stack, with which the names of its resources begin. */
  readonly stack: string;
  readonly bucket: string;
  readonly files: Files;
  readonly landings: Landings;
  readonly ledger: Ledger;
  readonly kpis: Kpis;
  /** True for the laptop cloud, whose jobs take seconds. */
  readonly isLaptop: boolean;
  /** True if it runs only as long as this command. */
  readonly isOwn: boolean;
  readonly marts: () => Promise<readonly Mart[]>;
  /** The catalog of its functions; for a stage on AWS, the one that this project would deploy. */
  readonly catalog: () => Promise<Catalog>;
  readonly functions: Functions;
  /** Puts the SQL, rules and manifests of this project in force, all or none, for clouds without a deployment. */
  readonly putInForce: () => Promise<void>;
  /** Resolves when the sources answer that were started for this command. */
  readonly sourcesReady: Promise<void>;
  /** Stops what was started for this command. */
  readonly close: () => Promise<void>;
};

/**
 * Runs work with the cloud that the flags name, then stops what was started for it, also after an interruption. Throws
 * `NotAState` if the folder is not a state, unless the work starts a state. A laptop cloud that is started for it has the shop's
 * sources if they are asked for.
 */
export const onTarget = async (
  flags: TargetFlags,
  work: (target: Target) => Promise<void>,
  { beginsState = false, withSources = false } = {},
): Promise<void> => {
  if (!beginsState && flags.stage === undefined) expectBegun(flags.state);
  const target = await openTarget(flags, withSources);
  if (!target.isOwn) return work(target);
  const stopped = stopOnSignal({ stop: target.close });
  const done = work(target).finally(target.close);
  // A pending request to the stopped cloud must not keep the process alive.
  if ((await Promise.race([done, stopped])) === 'stopped') process.exit(interrupted);
};

type Names = { readonly LAKE_BUCKET: string; readonly LEDGER_TABLE: string };

/** Finds the cloud that the flags or the environment name, or starts the laptop cloud for the time of the command. */
const openTarget = async ({ state, stage }: TargetFlags, withSources: boolean): Promise<Target> => {
  if (stage !== undefined) return elsewhere(await deployedNames(stage));
  const { LAKE_BUCKET, LEDGER_TABLE } = process.env;
  if (state === undefined && LAKE_BUCKET && LEDGER_TABLE) return elsewhere({ LAKE_BUCKET, LEDGER_TABLE });
  return laptop(state ?? usualState, withSources);
};

const elsewhere = (names: Names): Target => {
  const endpoint = process.env.AWS_ENDPOINT_URL ?? '';
  const isLaptop = /^https?:\/\/(127\.0\.0\.1|localhost)\b/.test(endpoint);
  const catalog = () => projectCatalog(isLaptop ? endpoint : undefined);
  return {
    ...portsOf(names),
    isLaptop,
    isOwn: false,
    marts: async () => Object.values((await catalog()).marts),
    catalog,
    putInForce: async () => {},
    sourcesReady: Promise.resolve(),
    close: async () => {},
  };
};

/** What this project deploys to AWS, or to the laptop cloud at an endpoint. */
const projectCatalog = async (endpoint: string | undefined): Promise<Catalog> => {
  const { renderCatalog } = await import('../../deploy/index.ts');
  return endpoint === undefined
    ? renderCatalog(projectRoot, 'redshift')
    : renderCatalog(projectRoot, 'duckdb', await engineAt(endpoint));
};

const laptop = async (state: string, withSources: boolean): Promise<Target> => {
  const running = await runningCloud(state);
  if (running) pointClientsAt(running);
  else notice(`No cloud runs on ${state}: one is started for the time of this command.`);
  const own = running ? undefined : await openCloud({ state, sweepEvery: usualSweepEvery }, { withSources });
  const { LAKE_BUCKET = '', LEDGER_TABLE = '' } = running ?? own?.environment ?? {};
  const ports = portsOf({ LAKE_BUCKET, LEDGER_TABLE });
  return {
    ...ports,
    isLaptop: true,
    isOwn: own !== undefined,
    marts: () => martsOfState(state),
    catalog: () => catalogOfState(state),
    putInForce: async () => {
      // A cloud that was started for this command has them already.
      if (running) await redeploy(running.AWS_ENDPOINT_URL ?? '');
      await finishDeployment(ports);
    },
    sourcesReady: own?.sourcesReady ?? Promise.resolve(),
    close: async () => own?.stop(),
  };
};

/** Marts of the catalog that the cloud of a state runs with. */
export const martsOfState = async (state: string): Promise<readonly Mart[]> =>
  Object.values((await catalogOfState(state)).marts);

/** The ports of a cloud, by the names of its bucket and its ledger. */
export const portsOf = ({ LAKE_BUCKET, LEDGER_TABLE }: Names) => {
  // The names of tables and functions start with the name of their stack.
  const stack = stackOfLedger(LEDGER_TABLE);
  return {
    stack,
    bucket: LAKE_BUCKET,
    files: s3Files(LAKE_BUCKET),
    landings: s3Landings(LAKE_BUCKET),
    ledger: dynamoLedger(LEDGER_TABLE),
    kpis: dynamoKpis(kpiTable(stack)),
    functions: lambdaFunctions(stack),
  };
};
