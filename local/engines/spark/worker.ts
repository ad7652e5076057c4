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
  /** What the session is started with. */
  readonly settings: Readonly<Record<string, string>>;
  /** Variables beside those of this process: where the lake's services are. */
  readonly environment?: Readonly<Record<string, string>>;
  /** Milliseconds that a session gets to be up, five minutes unless told; then its process is ended. */
  readonly startsWithin?: number;
  /** Lines that the process writes while it runs no script. */
  readonly log?: (line: string) => void;
};

/** What a script raised, in its own words. */
export class ScriptFailed extends Error {
  override toString(): string {
    return this.message;
  }
}

/** The process was gone, or has gone, before its script had ended. */
export class WorkerLost extends Error {
  override readonly name = 'WorkerLost';
}

/** A process with a warm Spark session, which runs one script at a time. */
export type SparkWorker = {
  readonly pid: number;
  /** Resolves once the session is up. */
  readonly ready: Promise<void>;
  /** Resolves when the process and its Java have ended, however they did. */
  readonly ended: Promise<void>;
  /**
   * Waits for the session, then calls `begun` and runs `main(arguments)` of a Python file. Rejects with `ScriptFailed` when that
   * raised, with `WorkerLost` when the process ends meanwhile.
   */
  run(
    script: string,
    given: readonly string[],
    log?: (line: string) => void,
    begun?: () => void,
  ): Promise<void>;
  /** Ends the process and its Java at once, whatever they do. */
  kill(): Promise<void>;
};

/** Starts a process with a Spark session of its own. */
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
    run: async (path, given, runLog, begun) => {
      listener = runLog ?? log;
      try {
        await ready;
        begun?.();
        const id = randomUUID();
        const answer = answers.of(id);
        child.stdin?.write(`${JSON.stringify({ id, script: path, arguments: given })}\n`);
        const { error } = await Promise.race([answer, lost]);
        // What was written before the answer came by another pipe: it is read by now, but not yet told.
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
    // A group of its own: Python and its Java are ended together.
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
  // A request to a process that has just ended; its end is told by `ended`.
  child.stdin.on('error', () => undefined);
  return child;
};

/** How a process ends; `last` is the last line that it wrote. */
const endingOf = (child: ChildProcess, last: () => string) => {
  // Java goes with its Python: it writes to the same pipes, so that they close when both are gone.
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

/** Rejects when the session is not up in time, and ends the process then. */
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
    // All of it has ended by itself.
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
