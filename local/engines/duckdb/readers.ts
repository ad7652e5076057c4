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
  /** Holds a folder for each process while that lives. */
  readonly scratch: string;
  /** Where the program is bundled. */
  readonly bundles: string;
  readonly store: EngineStore;
  /** Of each process, as DuckDB writes it; `1GB` when none is given. */
  readonly memoryLimit?: string | undefined;
  readonly threads?: number | undefined;
  /** Bytes at which a process ends itself; 3 GiB unless told. */
  readonly mostMemory?: number | undefined;
  /** Milliseconds that a process without work is kept beside another, a minute unless told. */
  readonly idleFor?: number | undefined;
};

export type Readers = {
  /** Runs a transform by the key of its spec; rejects with what it says, or when its process ends meanwhile. */
  transform(run: JobRun, spec: string): Promise<void>;
  /** Processes that are there. */
  readonly pids: readonly number[];
  /** Ends every process; runs that are under way reject. */
  close(): Promise<void>;
};

/** Each may use as many threads as there are cores. */
const readersAtOnce = 3;

/**
 * Opens what reads landed files: a few processes, each with a database of its own in memory and one run at a time; more runs wait. One
 * process stays warm. The first starts at once.
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
      // Also after a failure the next run finds a warm one.
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

/** Starts processes, each with a folder that goes when it ends. */
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

/** Failures that say nothing of the database in which the run worked. */
const ordinaryFailures = ['MissingFile', 'SpecMismatch', 'RowsNotConserved'];

/**
 * A run that is stopped ends with its process. One that fails in DuckDB takes its process along: what broke in the database, or in the
 * memory around it, would fail the next run, too.
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
