import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
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
  /** Lines that the process writes. */
  readonly log?: (line: string) => void;
};

/** A process with a warm Spark session, which runs one script at a time. */
export type SparkWorker = {
  readonly pid: number;
  /** Resolves once the session is up. */
  readonly ready: Promise<void>;
  /** Resolves when the process has ended, however it did. */
  readonly ended: Promise<void>;
  /** Runs `main(arguments)` of a Python file; rejects with what it raised, or when the process ends meanwhile. */
  run(script: string, given: readonly string[], log?: (line: string) => void): Promise<void>;
  /** Ends the process and its Java at once, whatever they do. */
  kill(): Promise<void>;
};

/** Starts a process with a Spark session of its own. */
export const startWorker = ({ installation, settings, environment, log }: WorkerOptions): SparkWorker => {
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
      PYTHONUNBUFFERED: '1',
      TZ: 'UTC',
    },
  });
  let listener = log;
  for (const stream of [child.stdout, child.stderr])
    createInterface({ input: stream }).on('line', (line) => listener?.(line));
  const ended = new Promise<void>((resolve) => {
    child.once('close', () => resolve());
    child.once('error', () => resolve());
  });
  const lost = ended.then(() => Promise.reject(new Error(endOf(child))));
  lost.catch(() => undefined);
  const answers = answersOf(child);
  const ready = Promise.race([answers.ready, lost]);
  ready.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    ready,
    ended,
    run: async (path, given, runLog) => {
      await ready;
      const id = randomUUID();
      listener = runLog ?? log;
      try {
        const answer = answers.of(id);
        child.stdin.write(`${JSON.stringify({ id, script: path, arguments: given })}\n`);
        const { error } = await Promise.race([answer, lost]);
        if (error !== undefined) throw new Error(error);
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

const endOf = ({ exitCode, signalCode }: ChildProcess): string =>
  `Spark's process ended ${signalCode ? `by ${signalCode}` : `with exit code ${exitCode}`}`;

const killGroup = ({ pid, exitCode, signalCode }: ChildProcess): void => {
  if (pid === undefined || exitCode !== null || signalCode !== null) return;
  try {
    process.kill(-pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
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
