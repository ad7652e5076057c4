import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import pLimit from 'p-limit';
import { openLogFile } from '../../state/index.ts';
import { inTurn } from '../in-turn.ts';
import type { JobRun } from '../job.ts';
import { Sessions } from '../sessions.ts';
import type { SparkInstallation } from './installation.ts';
import { sparkSettings } from './settings.ts';
import { type SparkWorker, startWorker, WorkerLost } from './worker.ts';

export type SparkJobsOptions = {
  readonly installation: SparkInstallation;
  /** Folder with `lake/` and `staging/`, and Spark's scratch. */
  readonly folder: string;
  /** What the lake's services need: endpoint, region, credentials. */
  readonly environment: Readonly<Record<string, string>>;
  /** Further variables of one job; they are set while its script runs. */
  readonly environmentOf?: (jobScript: string) => Readonly<Record<string, string>>;
  /** Folder of the scripts; default: the project's `glue/`. */
  readonly scripts?: string;
  /** Milliseconds until an idle session is stopped, if there is another; default: a minute. */
  readonly idleFor?: number;
};

export type SparkJobs = {
  /** Runs the job's script with the run's arguments; rejects with its exception, or if its process ends meanwhile. */
  execute(run: JobRun): Promise<void>;
  /** Ends every process; running runs reject. */
  close(): Promise<void>;
};

/** Each has its own Java with memory and threads. */
const sessionsAtOnce = 2;
const glueFolder = fileURLToPath(new URL('../../../glue', import.meta.url));

/**
 * Opens the runner of Glue's scripts on this machine: at most two processes, each with a warm Spark session and one run at a
 * time; further runs wait. The first session starts at once.
 */
export const openSparkJobs = (options: SparkJobsOptions): SparkJobs => {
  const { scripts = glueFolder, idleFor = 60_000, environmentOf = () => ({}) } = options;
  const turns = pLimit(sessionsAtOnce);
  const sessions = new Sessions({ open: sessionsIn(options), idleFor });
  sessions.giveBack(sessions.take());
  let isClosed = false;
  const perform = async (run: JobRun): Promise<void> => {
    if (isClosed) throw new WorkerLost('Spark was closed before the run began');
    const session = sessions.take();
    const script = join(scripts, `${run.jobScript}.py`);
    await performIn(session, script, run, environmentOf(run.jobScript)).finally(() =>
      sessions.giveBack(session),
    );
  };
  return {
    execute: (run) => inTurn(turns, run, perform),
    close: async () => {
      isClosed = true;
      await sessions.close();
    },
  };
};

/** Starts processes one after another, each with a scratch folder that is deleted when it ends. */
const sessionsIn = ({ installation, folder, environment }: SparkJobsOptions): (() => SparkWorker) => {
  const scratches = join(folder, 'scratch');
  const logPath = join(folder, 'sessions.log');
  for (const left of [scratches, logPath]) rmSync(left, { recursive: true, force: true });
  const { write } = openLogFile(logPath);
  const log = (line: string) => write(`${new Date().toISOString()} ${line}\n`);
  return () => {
    const scratch = join(scratches, randomUUID());
    mkdirSync(scratch, { recursive: true });
    const settings = sparkSettings(installation, { root: folder, scratch });
    const worker = startWorker({
      installation,
      settings,
      environment: { ...environment, TMPDIR: scratch },
      log,
    });
    const clean = () => rmSync(scratch, { recursive: true, force: true });
    return { ...worker, ended: worker.ended.then(clean) };
  };
};

/**
 * If a run is stopped, its process ends, and only then the run. If it fails, its process ends, too: something broken in it,
 * such as a library that was not loaded because the disk was full, would make the next run fail.
 */
const performIn = async (
  session: SparkWorker,
  script: string,
  run: JobRun,
  environment: Readonly<Record<string, string>>,
): Promise<void> => {
  const stop = () => void session.kill();
  run.signal.addEventListener('abort', stop);
  try {
    await session.run(script, argumentsOf(run), run.log, run.begin, environment);
  } catch (error) {
    await session.kill();
    throw error;
  } finally {
    run.signal.removeEventListener('abort', stop);
    if (run.signal.aborted) await session.kill();
  }
};

const argumentsOf = ({ id, arguments: given }: JobRun): string[] => [
  ...Object.entries(given).flat(),
  '--JOB_RUN_ID',
  id,
];
