import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { mkdir, mkdtemp, readFile, realpath, rm, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { pythonWith } from '../../python/tool.ts';

const fromHere = (path: string): string => fileURLToPath(new URL(path, import.meta.url));

/** AWS on this machine, of which every client with `environment` is the administrator. */
export type Emulator = {
  readonly endpoint: string;
  readonly environment: Readonly<Record<string, string>>;
  /** Properties of resources that exist in CloudFormation only, by type and name. */
  recorded(): Promise<Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>>;
  /** From now on it creates and changes nothing of this type, which exists in CloudFormation only. Empty: it rejects nothing. */
  reject(type: string): Promise<void>;
  /** What it and its functions wrote. */
  log(): Promise<string>;
  stop(): Promise<void>;
};

/** The Python in which the emulator is installed; rejects with `NoPython` or `CommandFailed`. */
export const pythonOfEmulator = (): Promise<string> =>
  pythonWith(fromHere('requirements.txt'), fromHere('../../../.venv-ministack'));

/**
 * Starts the emulator on 127.0.0.1 and a free port, with roles enforced, and knowing nothing of this process's environment.
 * It is installed into `.venv-ministack` where it is not there; rejects with `NoPython` or `CommandFailed`.
 */
export const startEmulator = async (variables: Readonly<Record<string, string>> = {}): Promise<Emulator> => {
  const python = await pythonOfEmulator();
  const folder = await mkdtemp(join(await realpath(tmpdir()), 'soundcheck-emulator-'));
  const port = await freePort();
  const endpoint = `http://127.0.0.1:${port}`;
  const environment = {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: 'eu-west-1',
    AWS_DEFAULT_REGION: 'eu-west-1',
    AWS_ACCESS_KEY_ID: 'test',
    AWS_SECRET_ACCESS_KEY: 'test',
  };
  const temporary = join(folder, 'tmp');
  await mkdir(temporary);
  const rejected = join(folder, 'rejected');
  const child = spawn(python, [fromHere('emulator.py')], {
    stdio: ['ignore', 'pipe', 'pipe'],
    cwd: folder,
    env: {
      ...{ PATH: process.env.PATH, HOME: folder, TMPDIR: temporary },
      ...{ GATEWAY_PORT: String(port), BIND_HOST: '127.0.0.1', MINISTACK_HOST: '127.0.0.1' },
      ...{ MINISTACK_REGION: 'eu-west-1', LAMBDA_EXECUTOR: 'local', IOT_MTLS_ENABLED: '0' },
      ...{ S3_DATA_DIR: join(folder, 's3'), RECORDED_IN: join(folder, 'recorded.json') },
      REJECTED_IN: rejected,
      ...{ AUTH: 'true', AWS_ACCESS_KEY_ID: 'test', AWS_SECRET_ACCESS_KEY: 'test' },
      ...variables,
    },
  });
  const log = join(folder, 'log');
  const written = createWriteStream(log);
  child.stdout.pipe(written, { end: false });
  child.stderr.pipe(written, { end: false });
  const stop = async () => {
    await end(child);
    await rm(folder, { recursive: true, force: true });
  };
  try {
    await answered(`${endpoint}/_ministack/health`, child);
  } catch (cause) {
    const said = await readFile(log, 'utf8');
    await stop();
    throw new Error(`the emulator did not start:\n${said}`, { cause });
  }
  return {
    endpoint,
    environment,
    recorded: async () => JSON.parse(await readFile(join(folder, 'recorded.json'), 'utf8')),
    reject: (type) => writeFile(rejected, type),
    log: () => readFile(log, 'utf8'),
    stop,
  };
};

const freePort = async (): Promise<number> => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
};

const answered = async (address: string, child: ChildProcess): Promise<void> => {
  const last = Date.now() + 60_000;
  while (child.exitCode === null && Date.now() < last) {
    if (
      await fetch(address)
        .then(({ ok }) => ok)
        .catch(() => false)
    )
      return;
    await wait(100);
  }
  throw new Error(child.exitCode === null ? 'no answer for a minute' : `it ended with ${child.exitCode}`);
};

const end = async (child: ChildProcess): Promise<void> => {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const ended = once(child, 'exit');
  child.kill('SIGTERM');
  const timer = setTimeout(() => child.kill('SIGKILL'), 5_000);
  await ended;
  clearTimeout(timer);
};
