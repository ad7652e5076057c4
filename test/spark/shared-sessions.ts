import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { Sessions } from '../../local/engines/sessions.ts';
import type { SparkInstallation } from '../../local/engines/spark/installation.ts';
import { sparkSettings } from '../../local/engines/spark/settings.ts';
import { ScriptFailed, type SparkWorker, startWorker } from '../../local/engines/spark/worker.ts';
import { javaOptions } from './class-archive.ts';

const runIn = fileURLToPath(new URL('run_in.py', import.meta.url));

/** Signs that Spark takes for patterns, columns and escapes where nobody tells it otherwise. */
const oddName = "id=77 [x]*?{ab}'%41 ü 音 ";

/** No more than the machine has memory for: files that find both at work wait. */
const sessionsAtOnce = 2;

type Asked = { readonly id: string; readonly script: string; readonly arguments: readonly string[] };
type Told = { readonly id: string } & (
  | { readonly line: string }
  | { readonly ended: true; readonly error?: string }
);

/** Sessions that test files share, whichever processes these run in. */
export type SharedSessions = {
  /** Path of the socket at which `connectSession` finds them. */
  readonly address: string;
  close(): Promise<void>;
};

/** Listens for runs of scripts; the first of them starts a session, and one that comes while it is at work a second. */
export const openSharedSessions = async (installation: SparkInstallation): Promise<SharedSessions> => {
  const folder = await mkdtemp(join(tmpdir(), 'spark-sessions-'));
  const turns = pLimit(sessionsAtOnce);
  const sessions = new Sessions({ open: () => openSession(installation, folder), idleFor: 60_000 });
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined).on('close', () => sockets.delete(socket));
    const tell = (told: Told) => socket.writable && socket.write(`${JSON.stringify(told)}\n`);
    createInterface({ input: socket }).on('line', (line) => {
      const { id, script, arguments: given }: Asked = JSON.parse(line);
      void turns(async () => {
        const session = sessions.take();
        const failure = await session
          .run(script, given, (said) => tell({ id, line: said }))
          .then(
            () => ({}),
            (error: unknown) => ({ error: String(error) }),
          )
          .finally(() => sessions.giveBack(session));
        tell({ id, ended: true, ...failure });
      });
    });
  });
  const address = join(folder, 'socket');
  await new Promise<void>((resolve) => server.listen(address, resolve));
  return {
    address,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
      await sessions.close();
      await rm(folder, { recursive: true, force: true });
    },
  };
};

const openSession = (installation: SparkInstallation, folder: string): SparkWorker => {
  const scratch = join(folder, `${oddName}${randomUUID()}`);
  const settings = sparkSettings(installation, { root: join(scratch, 'root'), scratch });
  return startWorker({ installation, settings, environment: { JDK_JAVA_OPTIONS: javaOptions } });
};

/** What runs scripts, on a session of its own or on one that it shares. */
export type ScriptRunner = Pick<SparkWorker, 'run' | 'kill'>;

/** A lake in which scripts run: the settings that make a session its own, and variables. */
export type LakeSettings = {
  readonly settings: Readonly<Record<string, string>>;
  readonly environment: Readonly<Record<string, string>>;
};

/** Runs scripts over one lake in the shared sessions, one at a time in each; `kill` ends nothing but this connection. */
export const connectSession = (address: string, lake: LakeSettings): ScriptRunner => {
  const socket = connect(address);
  const waiting = new Map<string, (told: Told) => void>();
  const lost = new Promise<never>((_, reject) => {
    socket.on('error', reject).on('close', () => reject(new Error('the shared sessions have ended')));
  });
  lost.catch(() => undefined);
  createInterface({ input: socket })
    .on('error', () => undefined)
    .on('line', (line) => {
      const told: Told = JSON.parse(line);
      waiting.get(told.id)?.(told);
    });
  const run: ScriptRunner['run'] = async (script, given, log) => {
    const id = randomUUID();
    const ended = new Promise<string | undefined>((resolve) => {
      waiting.set(id, (told) => ('line' in told ? log?.(told.line) : resolve(told.error)));
    });
    const asked: Asked = { id, script: runIn, arguments: [JSON.stringify(lake), script, ...given] };
    socket.write(`${JSON.stringify(asked)}\n`);
    const error = await Promise.race([ended, lost]).finally(() => waiting.delete(id));
    if (error !== undefined) throw new ScriptFailed(error);
  };
  return { run, kill: async () => void socket.destroy() };
};
