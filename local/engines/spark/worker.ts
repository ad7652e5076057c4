import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';
import type { SparkInstallation } from './installation.ts';

const script = fileURLToPath(new URL('worker.py', import.meta.url));

const Ready = z.object({ ready: z.literal(true) });
const Answer = z.object({ id: z.string(), error: z.string().optional() });

export type WorkerOptions = {
  readonly installation: SparkInstallation;
  /** The settings of the session. */
  readonly settings: Readonly<Record<string, string>>;
  /** Variables in addition to those of this process: endpoint and credentials of the lake's services. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds that a session may take to start; default: five minutes. After that its process is stopped. */
  readonly startsWithin?: number;
  /** Receives lines that the process writes while it runs no script. */
  readonly log?: (line: string) => void;
};

/** What a script raised, in its own words. */
export class ScriptFailed extends Error {
  override toString(): string {
    return this.message;
  }
}

/** The process ended before its script had ended. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** A process with a warm Spark session, which runs one script at a time. */
export type SparkWorker = {
  readonly pid: number;
  /** Resolves when the session has started. */
  readonly ready: Promise<void>;
  /** Resolves when the process and its Java have ended, for any reason. */
  readonly ended: Promise<void>;
  /**
   * Waits for the session, then calls `begun` and runs `main(arguments)` of a Python file, with further variables. Rejects with `ScriptFailed` if that
   * raised, with `WorkerLost` if the process ends meanwhile.
   */
  run(
    script: string,
    given: readonly string[],
    log?: (line: string) => void,
    begun?: () => void,
    environment?: Readonly<Record<string, string>>,
  ): Promise<void>;
  /** Stops the process and its Java at once. */
  kill(): Promise<void>;
};

/** Starts a process with its own Spark session. */
export const startWorker = (options: WorkerOptions): SparkWorker => {
  const { log, startsWithin = 300_000 } = options;
  const child = spawnPython(options);
  let listener = log;
  let last = '';
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream as Readable }).on('line', (line) => {
      last = line;
      listener?.(line);
    });
  const { ended, lost } = endingOf(child, () => last);
  const answers = answersOf(child);
  const ready = Promise.race([answers.ready, lost, startOf(child, startsWithin)]);
  ready.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    run: async (path, given, runLog, begun, environment = {}) => {
      listener = runLog ?? log;
      try {
        await ready;
        begun?.();
        const id = randomUUID();
        const answer = answers.of(id);
        child.stdin?.write(`${JSON.stringify({ id, script: path, arguments: given, environment })}\n`);
        const { error } = await Promise.race([answer, lost]);
        // The output before the answer came through another pipe: it has arrived, but was not yet passed on.
        await turn();
        if (error !== undefined) throw new ScriptFailed(error);
      } finally {
        listener = log;
      }
    },
    kill: async () => {
      killGroup(child);
      await ended;
    },
  };
};

const spawnPython = ({ installation, settings, environment }: WorkerOptions): ChildProcess => {
  const { python, javaHome } = installation;
  const child = spawn(python, [script, JSON.stringify(settings)], {
    stdio: ['pipe', 'pipe', 'pipe', 'pipe'],
    // A process group, so that Python and its Java end together.
    detached: true,
    env: {
      ...process.env,
      ...environment,
      ...(javaHome === undefined ? {} : { JAVA_HOME: javaHome }),
      PYSPARK_PYTHON: python,
      SPARK_LOCAL_IP: '127.0.0.1',
      PYTHONUNBUFFERED: '1',
      PYTHONUTF8: '1',
      TZ: 'UTC',
    },
  });
  // Writing to a process that has just ended fails; `ended` reports that.
  child.stdin.on('error', () => undefined);
  return child;
};

/** Describes how a process ended; `last` is the last line that it wrote. */
const endingOf = (child: ChildProcess, last: () => string) => {
  // Java writes to the same pipes, so they close only when Python and Java have ended.
  child.once('exit', () => killGroup(child));
  const end = new Promise<string>((resolve) => {
    child.once('close', (code, signal) =>
      resolve(signal ? `ended by ${signal}` : `ended with exit code ${code}: ${last()}`),
    );
    child.once('error', ({ message }) => resolve(`cannot be started: ${message}`));
  });
  const lost = end.then((how) => Promise.reject(new WorkerLost(`Spark's process ${how}`)));
  lost.catch(() => undefined);
  return { ended: end.then(() => undefined), lost };
};

/** Rejects if the session does not start in time, and stops the process. */
const startOf = (child: ChildProcess, milliseconds: number): Promise<never> =>
  new Promise((_, reject) => {
    const timer = setTimeout(() => {
      reject(new WorkerLost(`Spark's session was not up within ${milliseconds / 1_000} seconds`));
      killGroup(child);
    }, milliseconds);
    const stop = () => clearTimeout(timer);
    (child.stdio[3] as Readable).once('data', stop);
    child.once('exit', stop);
    child.once('error', stop);
  });

const killGroup = ({ pid }: ChildProcess): void => {
  if (pid === undefined) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // The process group has ended already.
  }
};

const answersOf = (child: ChildProcess) => {
  const waiting = new Map<string, (answer: z.infer<typeof Answer>) => void>();
  const ready = new Promise<void>((resolve) => {
    createInterface({ input: child.stdio[3] as Readable }).on('line', (line) => {
      const message: unknown = JSON.parse(line);
      if (Ready.safeParse(message).success) return resolve();
      const answer = Answer.parse(message);
      waiting.get(answer.id)?.(answer);
      waiting.delete(answer.id);
    });
  });
  const of = (id: string) =>
    new Promise<z.infer<typeof Answer>>((resolve) => {
      waiting.set(id, resolve);
    });
  return { ready, of };
};
