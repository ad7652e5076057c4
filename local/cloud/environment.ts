import { join } from 'node:path';
import { writeWhole } from '../state/index.ts';
import type { Deployment } from './template/deployment.ts';

/** The account number of all resources on this machine. */
export const ACCOUNT = '000000000000';
export const REGION = 'eu-west-1';

/** What any SDK needs to reach the laptop cloud; the keys are not secret, and not checked. */
export const clientEnvironment = (endpoint: string) => ({
  AWS_ENDPOINT_URL: endpoint,
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
});

/** Further variables of every function; none of the user's own environment is passed on. */
export const functionEnvironment = (endpoint: string, state: string) => ({
  ...clientEnvironment(endpoint),
  AWS_CONFIG_FILE: join(state, 'no-aws-config'),
  AWS_SHARED_CREDENTIALS_FILE: join(state, 'no-aws-credentials'),
  AWS_EC2_METADATA_DISABLED: 'true',
  AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: 'true',
  TZ: 'UTC',
});

/** Variables that differ from those of a stage: a rebuild costs nothing on a laptop, so the next one need not wait. */
export const usualVariables = { REBUILD_INTERVAL_SECONDS: '0' } as const;

/** Replaces values in the environments of functions; a function gets the variables that it names already. */
export const withVariables = (
  deployment: Deployment,
  variables: Readonly<Record<string, string>> = {},
): Deployment => ({
  ...deployment,
  functions: deployment.functions.map((each) => ({
    ...each,
    environment: Object.fromEntries(
      Object.entries(each.environment).map(([name, value]) => [name, variables[name] ?? value]),
    ),
  })),
});

const SHOWN = ['LAKE_BUCKET', 'LEDGER_TABLE', 'KPI_TABLE'];

/** Names that people and tools need, the same that the deployed functions get. */
export const deployedNames = ({ functions }: Pick<Deployment, 'functions'>): Record<string, string> => {
  const all = Object.assign({}, ...functions.map(({ environment }) => environment)) as Record<string, string>;
  return Object.fromEntries(SHOWN.map((name) => [name, all[name]] as const).filter(hasValue));
};

const hasValue = (entry: readonly [string, string | undefined]): entry is readonly [string, string] =>
  entry[1] !== undefined;

/** Writes `cloud.env`, lines of `NAME=value` for a shell or dotenv. */
export const writeEnvironment = (state: string, environment: Readonly<Record<string, string>>): void => {
  const lines = Object.entries(environment).map(([name, value]) => `${name}=${value}\n`);
  writeWhole([{ path: join(state, 'cloud.env'), content: lines.join('') }]);
};
