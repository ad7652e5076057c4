import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chown, mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { promisify } from 'node:util';
import { findPostgres, type PostgresBinaries } from './binaries.ts';
import { setSystemIdentifier } from './system-identifier.ts';

/** A private PostgreSQL server on 127.0.0.1. */
export type Postgres = {
  readonly pid: number;
  readonly port: number;
  /** URL of its database `postgres`, with a superuser's name and password. */
  readonly url: string;
  /** Stops the server in spite of open sessions, and removes its folder. */
  stop(): Promise<void>;
};

/** A server that is not started yet. */
export type PlannedPostgres = Pick<Postgres, 'port' | 'url'> & {
  /** Starts it, once. Throws `PostgresMissing` and `PostgresFailed`. */
  start(): Promise<Postgres>;
};

/** How a server differs from the usual one. */
export type PostgresOptions = {
  /** Default: another one for each server, as PostgreSQL makes it. */
  readonly systemIdentifier?: bigint;
  /** Key and certificate as PEM text; with them the server also accepts TLS. */
  readonly tls?: { readonly key: string; readonly certificate: string };
  /**
   * Users who log in over TLS with any password, as a login by IAM looks to a client: no server outside of AWS can verify the
   * token of one.
   */
  readonly withToken?: readonly string[];
};

/** PostgreSQL did not start; the message is its last line. */
export class PostgresFailed extends Error {
  override readonly name = 'PostgresFailed';
}

/** Texts sort by their bytes, and upper case works beyond ASCII, as on Redshift and DuckDB. */
const cluster = [
  '--encoding=UTF8',
  '--locale=C',
  '--locale-provider=builtin',
  '--builtin-locale=C.UTF-8',
  '--username=soundcheck',
  '--auth=scram-sha-256',
];

type Settings = Readonly<Record<string, string | number>>;

const settings: Settings = {
  listen_addresses: '127.0.0.1',
  unix_socket_directories: '',
  timezone: 'UTC',
  log_timezone: 'UTC',
  // Nothing must survive a crash of the machine: the folder is removed with the server.
  fsync: 'off',
  synchronous_commit: 'off',
  full_page_writes: 'off',
};

/** Milliseconds for a shutdown that waits for sessions. */
const shutdownMs = 10_000;

/**
 * Starts an empty PostgreSQL in a temporary folder, on a free port of 127.0.0.1; it ends with this process in every case. If
 * this process is root, the server runs as `nobody`. Throws `PostgresMissing` and `PostgresFailed`.
 */
export const startPostgres = async (options: PostgresOptions = {}): Promise<Postgres> =>
  (await planPostgres(options)).start();

/** Says where a server will be, before it is there, and keeps its port free until then. */
export const planPostgres = async (options: PostgresOptions = {}): Promise<PlannedPostgres> => {
  const place: Place = { ...(await reservePort()), password: randomBytes(16).toString('hex') };
  return { port: place.port, url: urlOf(place), start: () => startAt(place, options) };
};

type Place = ReservedPort & { readonly password: string };

const urlOf = ({ port, password }: Place): string =>
  `postgres://soundcheck:${password}@127.0.0.1:${port}/postgres`;

const startAt = async (place: Place, options: PostgresOptions): Promise<Postgres> => {
  const folder = await mkdtemp(join(tmpdir(), 'soundcheck-postgres-'));
  try {
    return await startIn(folder, place, options);
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
};

const startIn = async (
  folder: string,
  place: Place,
  { systemIdentifier, tls, withToken = [] }: PostgresOptions,
): Promise<Postgres> => {
  const binaries = await findPostgres(folder);
  await makeCluster(folder, binaries, place.password);
  const data = join(folder, 'data');
  if (systemIdentifier !== undefined) await setSystemIdentifier(data, systemIdentifier);
  const secured = tls ? await writeTls(folder, binaries, tls) : {};
  await admit(join(data, 'pg_hba.conf'), withToken);
  await place.release();
  const given = { ...settings, ...secured, port: place.port };
  const { child, ended } = await serve(data, binaries, given);
  return {
    pid: child.pid ?? 0,
    port: place.port,
    url: urlOf(place),
    stop: async () => {
      child.kill('SIGINT');
      const lastResort = setTimeout(() => child.kill('SIGQUIT'), shutdownMs);
      await ended.finally(() => clearTimeout(lastResort));
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const makeCluster = async (
  folder: string,
  { initdb, user }: PostgresBinaries,
  password: string,
): Promise<void> => {
  const file = join(folder, 'password');
  await writeFile(file, password, { mode: 0o600 });
  await give(user, [folder, file]);
  const options = [...cluster, `--pwfile=${file}`, '--no-sync', '-D', join(folder, 'data')];
  await promisify(execFile)(initdb, options, { ...user, cwd: folder });
  await rm(file);
};

/** The first line that fits a client counts. */
const admit = async (file: string, users: readonly string[]): Promise<void> => {
  const lines = users.map((user) => `hostssl all ${user} 127.0.0.1/32 trust\n`);
  await writeFile(file, lines.join('') + (await readFile(file, 'utf8')));
};

const writeTls = async (
  folder: string,
  { user }: PostgresBinaries,
  { key, certificate }: NonNullable<PostgresOptions['tls']>,
): Promise<Settings> => {
  const [ssl_key_file, ssl_cert_file] = [join(folder, 'server.key'), join(folder, 'server.crt')];
  await writeFile(ssl_key_file, key, { mode: 0o600 });
  await writeFile(ssl_cert_file, certificate);
  await give(user, [ssl_key_file, ssl_cert_file]);
  return { ssl: 'on', ssl_key_file, ssl_cert_file };
};

const give = async ({ uid, gid }: PostgresBinaries['user'], paths: readonly string[]): Promise<void> => {
  for (const path of paths) {
    const own = await stat(path);
    await chown(path, uid ?? own.uid, gid ?? own.gid);
  }
};

type ReservedPort = { readonly port: number; release(): Promise<void> };

/** PostgreSQL cannot choose a free port itself. Until it is released, whoever connects is turned away. */
const reservePort = (): Promise<ReservedPort> =>
  new Promise((resolve, reject) => {
    const server = createServer((socket) => void socket.destroy());
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      server.unref();
      resolve({
        port: (server.address() as AddressInfo).port,
        release: () => new Promise((released) => server.close(() => released())),
      });
    });
  });

/** Stops PostgreSQL, by its process id, when the other end of the script's input is closed. */
const withGuard =
  'exec 3<&0; (while read -r _ <&3; do :; done; kill -INT $$) >/dev/null 2>&1 & exec "$0" "$@" 3<&-';

const serve = async (
  data: string,
  { postgres, user }: PostgresBinaries,
  given: Settings,
): Promise<{ child: ChildProcess; ended: Promise<void> }> => {
  const flags = Object.entries(given).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
  const child = spawn('sh', ['-c', withGuard, postgres, '-D', data, ...flags], {
    ...user,
    cwd: data,
    env: { ...process.env, LC_ALL: 'C' },
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  await untilReady(child, ended);
  return { child, ended };
};

const untilReady = async (child: ChildProcess, ended: Promise<void>): Promise<void> => {
  let last = 'PostgreSQL ended before it was ready';
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stderr as Readable }).on('line', (line) => {
      last = line;
      if (line.includes('ready to accept connections')) resolve();
    });
  });
  child.once('error', (error) => {
    last = error.message;
  });
  const failed = ended.then(() => Promise.reject(new PostgresFailed(last)));
  failed.catch(() => undefined);
  await Promise.race([ready, failed]);
};
