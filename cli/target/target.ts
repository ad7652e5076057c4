import { readFile } from 'node:fs/promises';
import { dynamoKpis } from '../../functions/adapters/dynamo-kpis.ts';
import { dynamoLedger } from '../../functions/adapters/dynamo-ledger.ts';
import { lambdaFunctions } from '../../functions/adapters/lambda-functions.ts';
import { s3Files } from '../../functions/adapters/s3-files.ts';
import { s3Landings } from '../../functions/adapters/s3-landings.ts';
import {
  Catalog,
  type Files,
  type Functions,
  type Kpis,
  kpiTable,
  type Landings,
  type Ledger,
  stackOfLedger,
} from '../../functions/pipeline/index.ts';
import type { Mart } from '../../functions/warehouse/index.ts';
import { catalogPath } from '../../local/cloud/index.ts';
import { expectBegun } from '../../local/state/index.ts';
import { interrupted } from '../exit-codes.ts';
import { projectRoot, usualState, usualSweepEvery, type Where } from '../options.ts';
import { aside } from '../output/answer.ts';
import { deployedNames } from './deployed-names.ts';
import { landManifests } from './manifests.ts';
import { openCloud, pointClientsAt, stopOnSignal } from './open-cloud.ts';
import { engineAt, redeploy, runningCloud } from './running-cloud.ts';

/** Says which cloud a command speaks to; without either the ordinary environment does, else the laptop's usual folder. */
export type TargetFlags = Where & { readonly json?: boolean };

/** The cloud that a command speaks to. */
export type Target = {
  readonly bucket: string;
  readonly files: Files;
  readonly landings: Landings;
  readonly ledger: Ledger;
  readonly kpis: Kpis;
  /** True for the cloud of this machine, whose jobs take seconds. */
  readonly isLaptop: boolean;
  /** True when it runs only as long as this command. */
  readonly isOwn: boolean;
  readonly marts: () => Promise<readonly Mart[]>;
  /** What its functions run with; of a stage on AWS, what this project would deploy. */
  readonly catalog: () => Promise<Catalog>;
  readonly functions: Functions;
  /** Puts the SQL, rules and manifests of this project in force, all or none, where deploying does not. */
  readonly landManifests: () => Promise<void>;
  /** Ends what was started for this command. */
  readonly close: () => Promise<void>;
};

/**
 * Does something with the cloud that the flags name, and ends what was started for it, also when it is interrupted. Throws
 * `NotAState` for a folder in which nothing has begun, unless the work begins a state.
 */
export const onTarget = async (
  flags: TargetFlags,
  work: (target: Target) => Promise<void>,
  { beginsState = false } = {},
): Promise<void> => {
  if (!beginsState && flags.stage === undefined) expectBegun(flags.state);
  const target = await openTarget(flags);
  if (!target.isOwn) return work(target);
  const stopped = stopOnSignal({ stop: target.close });
  const done = work(target).finally(target.close);
  // What still waits for an answer of the stopped cloud must not keep the process.
  if ((await Promise.race([done, stopped])) === 'stopped') process.exit(interrupted);
};

type Names = { readonly LAKE_BUCKET: string; readonly LEDGER_TABLE: string };

/** Finds the cloud that the flags or the environment name, or starts the laptop's for as long as the command runs. */
const openTarget = async ({ state, stage }: TargetFlags): Promise<Target> => {
  if (stage !== undefined) return elsewhere(await deployedNames(stage));
  const { LAKE_BUCKET, LEDGER_TABLE } = process.env;
  if (state === undefined && LAKE_BUCKET && LEDGER_TABLE) return elsewhere({ LAKE_BUCKET, LEDGER_TABLE });
  return laptop(state ?? usualState);
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
    landManifests: async () => {},
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

const laptop = async (state: string): Promise<Target> => {
  const running = await runningCloud(state);
  if (running) pointClientsAt(running);
  else aside(`No cloud runs on ${state}: one is started for as long as this takes.`);
  const own = running ? undefined : await openCloud({ state, sweepEvery: usualSweepEvery });
  const { LAKE_BUCKET = '', LEDGER_TABLE = '' } = running ?? own?.environment ?? {};
  const ports = portsOf({ LAKE_BUCKET, LEDGER_TABLE });
  return {
    ...ports,
    isLaptop: true,
    isOwn: own !== undefined,
    marts: () => martsOfState(state),
    catalog: () => catalogOfState(state),
    landManifests: async () => {
      // A cloud that was started for this command has taken them with it.
      if (running) await redeploy(running.AWS_ENDPOINT_URL ?? '');
      await landManifests(ports.files);
    },
    close: async () => own?.stop(),
  };
};

/** Marts of the catalog that the cloud of a state runs with. */
export const martsOfState = async (state: string): Promise<readonly Mart[]> =>
  Object.values((await catalogOfState(state)).marts);

const catalogOfState = async (state: string): Promise<Catalog> =>
  Catalog.parse(JSON.parse(await readFile(catalogPath(state), 'utf8')));

/** The ports of a cloud, by the names of its bucket and its ledger. */
export const portsOf = ({ LAKE_BUCKET, LEDGER_TABLE }: Names) => {
  // The tables and the functions bear the name of their stack.
  const stack = stackOfLedger(LEDGER_TABLE);
  return {
    bucket: LAKE_BUCKET,
    files: s3Files(LAKE_BUCKET),
    landings: s3Landings(LAKE_BUCKET),
    ledger: dynamoLedger(LEDGER_TABLE),
    kpis: dynamoKpis(kpiTable(stack)),
    functions: lambdaFunctions(stack),
  };
};
