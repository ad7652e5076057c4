import { type ChildProcess, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import type { EngineStore } from '../../../functions/engine/index.ts';
import type { Session } from '../sessions.ts';
import {
  failureOf,
  type ReaderMessage,
  type ReaderOrder,
  type ReaderStart,
  ToldFailure,
} from './messages.ts';

export type ReaderOptions = {
  /** Path of the bundled program. */
  readonly program: Promise<string>;
  readonly start: ReaderStart;
  readonly store: EngineStore;
};

/** The process ended before its run had ended. */
export class ReaderLost extends Error {
  override readonly name = 'ReaderLost';
}

/** A process that reads landed files, one run at a time. */
export type Reader = Session & {
  /** Undefined while it is starting. */
  readonly pid: number | undefined;
  /**
   * Runs the transform whose spec has this key and returns a line for its log. Rejects with the run's failure, or with
   * `ReaderLost` if the process ends meanwhile.
   */
  run(id: string, spec: string): Promise<string>;
};

/** Starts a process. */
export const startReader = ({ program, start, store }: ReaderOptions): Reader => {
  let child: ChildProcess | undefined;
  let isKilled = false;
  const starting = program.then((path) => {
    if (isKilled) throw new ReaderLost('The process that reads landed files was stopped before it started');
    child = spawnProgram(path, start);
    return { child, lost: endOf(child) };
  });
  const ended = starting.then(
    ({ lost }) => lost.then(() => undefined),
    () => undefined,
  );
  return {
    get pid() {
      return child?.pid;
    },
    ended,
    run: async (id, spec) => {
      const { child: running, lost } = await starting;
      const answer = answerOf(running, store);
      running.send({ kind: 'run', run: id, spec } satisfies ReaderOrder, () => undefined);
      return Promise.race([answer, lost.then((how) => Promise.reject(new ReaderLost(how)))]);
    },
    kill: async () => {
      isKilled = true;
      child?.kill('SIGKILL');
      await ended;
    },
  };
};

const spawnProgram = (program: string, start: ReaderStart): ChildProcess =>
  spawn(process.execPath, [program, JSON.stringify(start)], {
    stdio: ['ignore', 'ignore', 'pipe', 'ipc'],
    // It needs no credentials and no service address.
    env: { PATH: process.env.PATH, TZ: 'UTC' },
  });

/** Resolves to a description of how the process ended. */
const endOf = (child: ChildProcess): Promise<string> => {
  let last = '';
  createInterface({ input: child.stderr as Readable }).on('line', (line) => {
    last = line || last;
  });
  const subject = 'The process that read the files of this run';
  return new Promise((resolve) => {
    child.once('close', (code, signal) =>
      resolve(`${subject} ended by ${signal ?? `itself with exit code ${code}`}${last && `: ${last}`}`),
    );
    child.once('error', ({ message }) => resolve(`${subject} cannot be started: ${message}`));
  });
};

/** Handles the messages of the next run: the process asks the store until the run ends. */
const answerOf = (child: ChildProcess, store: EngineStore): Promise<string> =>
  new Promise((resolve, reject) => {
    const hear = (message: ReaderMessage): void => {
      if (message.kind === 'call') return void answerCall(child, store, message);
      if (message.kind === 'ready') return;
      child.off('message', hear);
      if (message.kind === 'done') resolve(message.line);
      else reject(new ToldFailure(message.failure));
    };
    child.on('message', hear);
  });

const answerCall = async (
  child: ChildProcess,
  store: EngineStore,
  { call, method, given: [first = '', second = ''] }: Extract<ReaderMessage, { kind: 'call' }>,
): Promise<void> => {
  const calls = {
    locate: () => store.locate(first, second || undefined),
    readJson: () => store.readJson(first),
    writeOnce: () => store.writeOnce(first, second),
    store: () => store.store(first, second),
  };
  const order = await calls[method]().then(
    (value): ReaderOrder => ({ kind: 'answer', call, value }),
    (cause: unknown): ReaderOrder => ({ kind: 'rejection', call, failure: failureOf(cause) }),
  );
  // If it has ended meanwhile, it needs no answer.
  if (child.connected) child.send(order, () => undefined);
};
