import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { startShopApi, startShopDatabase } from '../../local/sources/index.ts';
import { projectRoot } from '../options.ts';

/** The shop's sources, started for one laptop cloud. */
export type Shop = {
  /** Where they are: the `variables` of `startCloud`. */
  readonly variables: Readonly<Record<string, string>>;
  /** What opens them, by ARN: the `secrets` of `startCloud`. They are new with each start. */
  readonly secrets: Readonly<Record<string, string>>;
  /** Resolves when both answer; the API does at once. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
};

const arnOf = (name: string): string => `arn:aws:secretsmanager:eu-west-1:000000000000:secret:${name}-local1`;
const apiSecret = arnOf('soundcheck-dev/shop-api');

/** Not in a state folder: the shop is started before the cloud, and a cloud begins a state in an empty folder only. */
const bundles = join(projectRoot, '.build', 'sources');

/** Starts the shop's API and, in the background, its database. Both end with this process in every case. */
export const startShop = async (): Promise<Shop> => {
  const client = { client_id: 'soundcheck', client_secret: randomBytes(16).toString('hex') };
  const [api, database] = await Promise.all([
    startShopApi({ bundles, auth: { kind: 'oauth2_client_credentials', ...client } }),
    startShopDatabase(),
  ]);
  return {
    variables: {
      SHOP_API: api.url,
      SHOP_API_SECRET: apiSecret,
      SHOP_DATABASE_HOST: database.host,
      SHOP_DATABASE_PORT: String(database.port),
      SHOP_DATABASE_CA: database.authority,
    },
    secrets: { [apiSecret]: JSON.stringify(client) },
    ready: database.ready,
    stop: async () => {
      await Promise.all([api.stop(), database.stop()]);
    },
  };
};

/** Without the shop a pull says that its variables are not set, and asks nobody on the network. */
export const noShop: Pick<Shop, 'variables' | 'secrets'> = {
  variables: {
    SHOP_API: '',
    SHOP_API_SECRET: '',
    SHOP_DATABASE_HOST: '',
    SHOP_DATABASE_PORT: '',
    SHOP_DATABASE_CA: '',
  },
  secrets: {},
};
