import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import pLimit from 'p-limit';
import type { EngineStore } from '../../../functions/engine/index.ts';
import { inTurn } from '../in-turn.ts';
import type { JobRun } from '../job.ts';
import { Sessions } from '../sessions.ts';
import { ToldFailure } from './messages.ts';
import { type Reader, ReaderLost, startReader } from './reader-process.ts';
import { readerProgram } from './reader-program.ts';

export type ReadersOptions = {
  /** Holds a folder for each process. */
  readonly scratch: string;
  /** Where the program is bundled. */
  readonly bundles: string;
  readonly store: EngineStore;
  /** Memory of each process in DuckDB's notation; default: `1GB`. */
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  /** Bytes at which a process ends itself; default: 3 GiB. */
  readonly mostMemory?: number | undefined;
  /** Milliseconds until an idle process is stopped, if there is another; default: a minute. */
  readonly idleFor?: number | undefined;
};

export type Readers = {
  /** Runs a transform by the key of its spec; rejects with its failure, or if its process ends meanwhile. */
  transform(run: JobRun, spec: string): Promise<void>;
  /** Number of processes. */
  readonly pids: readonly number[];
  /** Ends every process; running runs reject. */
  close(): Promise<void>;
};

/** Each may use as many threads as there are cores. */
const readersAtOnce = 3;

/**
 * Opens the readers of landed files: a few processes, each with its own in-memory database and one run at a time; further runs
 * wait. One process is always ready; the first starts at once.
 */
export const openReaders = (options: ReadersOptions): Readers => {
  const { scratch, idleFor = 60_000 } = options;
  rmSync(scratch, { recursive: true, force: true });
  const turns = pLimit(readersAtOnce);
  const started = new Set<Reader>();
  const sessions = new Sessions({ open: readersIn(options, started), idleFor });
  sessions.giveBack(sessions.take());
  let isClosed = false;
  const perform = async (run: JobRun, spec: string): Promise<void> => {
    if (isClosed) throw new ReaderLost('The engine was closed before the run began');
    const reader = sessions.take();
    try {
      await performIn(reader, run, spec);
    } finally {
      sessions.giveBack(reader);
      // After a failure, too, the next run finds a process that is ready.
      if (!isClosed) sessions.giveBack(sessions.take());
    }
  };
  return {
    transform: (run, spec) => inTurn(turns, run, () => perform(run, spec)),
    get pids() {
      return [...started].flatMap(({ pid }) => pid ?? []);
    },
    close: async () => {
      isClosed = true;
      await sessions.close();
    },
  };
};

/** Starts processes, each with a folder that is deleted when it ends. */
const readersIn = (options: ReadersOptions, started: Set<Reader>): (() => Reader) => {
  const { scratch: folder, bundles, store, memoryLimit = '1GB', threads, mostMemory = 3 * 2 ** 30 } = options;
  const program = readerProgram(bundles);
  program.catch(() => undefined);
  return () => {
    const scratch = join(folder, randomUUID());
    mkdirSync(scratch, { recursive: true });
    const start = { scratch, memoryLimit, mostMemory, ...(threads !== undefined && { threads }) };
    const reader = startReader({ program, start, store });
    started.add(reader);
    void reader.ended.then(() => {
      started.delete(reader);
      rmSync(scratch, { recursive: true, force: true });
    });
    return reader;
  };
};

/** Failures that leave the run's database intact. */
const ordinaryFailures = ['MissingFile', 'SpecMismatch', 'RowsNotConserved'];

/**
 * If a run is stopped, its process ends. If it fails in DuckDB, its process ends, too: damage in the database, or in the memory
 * around it, would make the next run fail.
 */
const performIn = async (reader: Reader, run: JobRun, spec: string): Promise<void> => {
  const stop = () => void reader.kill();
  run.signal.addEventListener('abort', stop);
  try {
    run.begin();
    run.log(await reader.run(run.id, spec));
  } catch (error) {
    if (!(error instanceof ToldFailure && ordinaryFailures.includes(error.name))) await reader.kill();
    throw error;
  } finally {
    run.signal.removeEventListener('abort', stop);
    if (run.signal.aborted) await reader.kill();
  }
};
