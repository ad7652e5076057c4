import { join } from 'node:path';
import { startShopApi, startShopDatabase } from '../../local/sources/index.ts';
import { projectRoot } from '../options.ts';

/** The sources of the shop on this machine, and the variables by which functions find them. */
export type ShopSources = {
  readonly variables: Readonly<Record<string, string>>;
  /** Resolves when the database answers. */
  readonly ready: Promise<void>;
  stop(): Promise<void>;
};

/** Starts the generated API and the shop's PostgreSQL; both end with this process in every case. */
export const startShopSources = async (): Promise<ShopSources> => {
  const [api, database] = await Promise.all([
    startShopApi({ bundles: join(projectRoot, '.build', 'sources') }),
    startShopDatabase(),
  ]);
  return {
    variables: {
      SHOP_API_URL: api.url,
      SHOP_DATABASE_HOST: database.host,
      SHOP_DATABASE_PORT: String(database.port),
      SHOP_DATABASE_CA: database.authority,
    },
    ready: database.ready,
    stop: async () => {
      await Promise.all([api.stop(), database.stop()]);
    },
  };
};

/** Without them a pull says that its variables are not set, and asks nobody on the network. */
export const noSources: ShopSources['variables'] = {
  SHOP_API_URL: '',
  SHOP_DATABASE_HOST: '',
  SHOP_DATABASE_PORT: '',
  SHOP_DATABASE_CA: '',
};
