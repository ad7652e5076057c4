import { randomBytes } from 'node:crypto';
import pg from 'pg';
import { planPostgres } from '../engines/index.ts';
import { shopSize, songAt, songColumns } from '../generate/index.ts';
import { authority } from './certificates.ts';

export type ShopDatabaseOptions = {
  /** Default: 1. */
  readonly seed?: number;
  /** Number of rows; default: 10,000. */
  readonly songs?: number;
};

/** The shop's database, a real PostgreSQL with `deftunes.songs`. */
export type ShopDatabase = {
  readonly host: string;
  readonly port: number;
  readonly database: string;
  /** A login that may read `deftunes.songs` and nothing else; over TLS it takes any password, as that of a login by IAM. */
  readonly user: string;
  readonly password: string;
  /** Certificate of the authority that has signed the server's, as PEM text. */
  readonly authority: string;
  /** Resolves when the table is filled; rejects if the server did not start. */
  readonly ready: Promise<void>;
  /** URL of the database with a superuser's name and password. */
  readonly adminUrl: string;
  /** Stops the server in spite of open sessions, and removes its folder. */
  stop(): Promise<void>;
};

const database = 'deftunes';
const user = 'shop_reader';
/** Few, so that the process that starts it is not kept busy for long. */
const rowsPerInsert = 1_000;

/**
 * Starts the shop's database on a free port of 127.0.0.1. It answers at once with where the database will be; `ready` says when.
 * The server ends with this process in every case, and no password is kept in a file.
 */
export const startShopDatabase = async (options: ShopDatabaseOptions = {}): Promise<ShopDatabase> => {
  const { certificate, issue } = authority('shop');
  const plan = await planPostgres({
    systemIdentifier: identifierOf(options),
    tls: issue([127, 0, 0, 1]),
    withToken: [user],
  });
  const password = randomBytes(16).toString('hex');
  const starting = plan.start();
  const ready = starting.then(({ url }) => fill(url, password, options));
  // Whoever awaits `ready` gets the error; nobody may.
  ready.catch(() => undefined);
  return {
    ...{ host: '127.0.0.1', port: plan.port, database, user, password, authority: certificate, ready },
    adminUrl: plan.url.replace(/postgres$/, database),
    stop: async () => {
      const server = await starting.catch(() => undefined);
      await server?.stop();
    },
  };
};

/** The same shop is the same server, also when it is made again at the next start. */
const identifierOf = ({ seed = 1, songs = shopSize.songs }: ShopDatabaseOptions): bigint =>
  (BigInt(seed + 1) << 40n) | BigInt(songs);

const fill = async (
  url: string,
  password: string,
  { seed = 1, songs = shopSize.songs }: ShopDatabaseOptions,
) => {
  await inSession(url, (client) => client.query(`create database ${database}`));
  await inSession(url.replace(/postgres$/, database), async (client) => {
    const columns = Object.entries(songColumns).map(([name, type]) => `${name} ${type}`);
    await client.query(`create schema deftunes; create table deftunes.songs (${columns.join(', ')})`);
    const shop = { seed, songs };
    for (let from = 0; from < songs; from += rowsPerInsert) {
      const count = Math.min(rowsPerInsert, songs - from);
      const rows = Array.from({ length: count }, (_, index) => songAt(shop, from + index));
      await client.query(
        'insert into deftunes.songs select * from json_populate_recordset(null::deftunes.songs, $1)',
        [JSON.stringify(rows)],
      );
    }
    // The password has hexadecimal digits only.
    await client.query(
      `create role ${user} login password '${password}'; grant usage on schema deftunes to ${user};
       grant select on deftunes.songs to ${user}; analyze deftunes.songs`,
    );
  });
};

const inSession = async (url: string, work: (client: pg.Client) => Promise<unknown>): Promise<void> => {
  const client = new pg.Client(url);
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
};
