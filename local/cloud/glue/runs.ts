import { randomBytes } from 'node:crypto';
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import type { Job, JobRun } from '../../engines/index.ts';
import { type LogFile, openLogFile } from '../../state/index.ts';
import { anyDisk, type Disk } from '../disk.ts';
import { type Journal, openJournal } from '../journal.ts';
import type { Publish } from '../protocol.ts';
import { removeFiles } from '../retention/files.ts';
import type { Retention } from '../retention/retention.ts';
import { isAlive, type RunRecord, type RunState, stateChange } from './run-record.ts';

export type RunsOptions = {
  readonly directory: string;
  readonly execute: (run: JobRun) => Promise<void>;
  readonly publish: Publish;
  /** Default: a disk that is never full. */
  readonly disk?: Disk | undefined;
  /** Receives errors that belong to no run. */
  readonly complain?: (line: string) => void;
};

/** Why a run is aborted, and the state in which it then ends. */
class Abort extends Error {
  constructor(
    readonly state: RunState,
    message: string,
  ) {
    super(message);
  }
}

/** Runs that are kept, so that a busy month needs no more memory than a quiet one; Glue has only the 90 days. */
const mostKept = 1_000;
const hour = 60 * 60 * 1_000;
const keptFor = 90 * 24 * hour;
const runsPerStep = 500;
const lost = 'The run ended because its process ended';

/** Longest pause in milliseconds between two tries of a run for which the disk had no room. */
const longestPause = 10_000;

/**
 * The runs of a folder. When the folder is opened, runs whose process died have failed, and ends that were not yet announced
 * are announced. A run for which the disk has no room has not failed: its work begins again when there is some, because nobody
 * can repair a file that is not wrong.
 */
export class Runs {
  private readonly journal: Journal<RunRecord>;
  private readonly alive = new Map<string, AbortController>();
  private readonly pending = new Set<Promise<unknown>>();
  private readonly disk: Disk;
  private isClosing = false;

  constructor(private readonly options: RunsOptions) {
    this.disk = options.disk ?? anyDisk;
    mkdirSync(join(options.directory, 'logs'), { recursive: true });
    this.journal = openJournal(join(options.directory, 'runs.journal'));
    for (const run of [...this.journal.entries.values()]) this.recover(run);
    this.forgetOldest();
  }

  /** Newest first. */
  of(job: string): RunRecord[] {
    return [...this.journal.entries.values()].filter((run) => run.job === job).reverse();
  }

  /** Runs of a job that have not ended. */
  active(job: string): number {
    const running = [...this.alive.keys()].map((id) => this.get(id));
    return running.filter((run) => run?.job === job && isAlive(run)).length;
  }

  get(id: string): RunRecord | undefined {
    return this.journal.entries.get(id);
  }

  start(job: Job, given: Readonly<Record<string, string>>): RunRecord {
    const now = Date.now();
    const run: RunRecord = {
      id: `jr_${randomBytes(32).toString('hex')}`,
      job: job.name,
      arguments: given,
      state: 'STARTING',
      startedAt: now,
      changedAt: now,
      timeoutMinutes: job.timeoutMinutes,
    };
    this.journal.add(run.id, run);
    this.track(this.perform(run, scriptName(job)));
    return run;
  }

  /** Asks a run to stop; it is `STOPPED` only when it has ended. */
  stop(id: string): void {
    const run = this.journal.entries.get(id);
    if (run && isAlive(run)) this.change(run, { state: 'STOPPING' });
    this.alive.get(id)?.abort(new Abort('STOPPED', 'The run was stopped'));
  }

  /** Removes runs, and their logs, 90 days after their end. */
  get retention(): Retention {
    return { name: 'Job runs', every: hour, round: (now) => this.removeBefore(now - keptFor) };
  }

  private async *removeBefore(time: number): AsyncGenerator<void, void, void> {
    let seen = 0;
    for (const run of [...this.journal.entries.values()]) {
      if (!isAlive(run) && run.isAnnounced && run.changedAt < time) this.journal.remove(run.id);
      seen += 1;
      if (seen % runsPerStep === 0) yield;
    }
    yield* removeFiles(
      join(this.options.directory, 'logs'),
      time,
      (name) => !this.get(name.replace(/\.log$/, '')),
    );
  }

  /** Interrupts all runs; the next opening marks them as failed. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const abort of this.alive.values()) abort.abort(new Error(lost));
    while (this.pending.size > 0) await Promise.all(this.pending);
    this.journal.close();
  }

  private recover(run: RunRecord): void {
    if (isAlive(run)) this.track(this.endLost(run.id));
    else if (!run.isAnnounced) this.track(this.announce(run));
  }

  private async endLost(id: string): Promise<void> {
    const log = this.openLog(id);
    await this.end(id, log, 'FAILED', lost).finally(log.close);
  }

  private async perform(run: RunRecord, jobScript: string): Promise<void> {
    const abort = new AbortController();
    this.alive.set(run.id, abort);
    const log = this.openLog(run.id);
    const patience = { signal: abort.signal, longestPause };
    try {
      await this.disk.untilWritten(() => this.execute(run, jobScript, abort, log), patience);
      await this.end(run.id, log, 'SUCCEEDED');
    } catch (error) {
      const isInterrupted = this.isClosing || this.disk.isClosed;
      if (!isInterrupted) await this.fail(run.id, log, abort.signal.reason ?? error);
    } finally {
      log.close();
      this.alive.delete(run.id);
    }
  }

  /** Only the time of the work itself counts. */
  private async execute(
    run: RunRecord,
    jobScript: string,
    abort: AbortController,
    { write: log }: LogFile,
  ): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const begin = () => {
      timer ??= this.begin(run, abort);
    };
    try {
      const { id, arguments: given } = run;
      await this.options.execute({ id, jobScript, arguments: given, signal: abort.signal, begin, log });
    } catch (error) {
      if (this.disk.notice(error)) log(`the disk has no room for this run, which waits for some: ${error}`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  private begin({ id, timeoutMinutes }: RunRecord, abort: AbortController): NodeJS.Timeout {
    const run = this.journal.entries.get(id);
    if (run?.state === 'STARTING') this.change(run, { state: 'RUNNING', begunAt: Date.now() });
    const overtime = new Abort('TIMEOUT', `The run took more than ${timeoutMinutes} minutes`);
    return setTimeout(() => abort.abort(overtime), timeoutMinutes * 60_000);
  }

  private fail(id: string, log: LogFile, cause: unknown): Promise<void> {
    return cause instanceof Abort
      ? this.end(id, log, cause.state, cause.message)
      : this.end(id, log, 'FAILED', String(cause));
  }

  private async end(id: string, log: LogFile, state: RunState, message?: string): Promise<void> {
    const run = this.journal.entries.get(id);
    if (!run) return;
    log.write(message === undefined ? state : `${state} ${message}`);
    const changes = { state, ...(message === undefined ? {} : { message }) };
    await this.announce(await this.disk.untilWritten(() => this.change(run, changes)));
  }

  /** An end that cannot be announced now is announced when the disk has room, or else at the next opening. */
  private async announce(run: RunRecord): Promise<void> {
    try {
      await this.disk.untilWritten(() => this.options.publish(stateChange(run)));
    } catch {
      return;
    }
    await this.disk.untilWritten(() => {
      this.journal.add(run.id, { ...run, isAnnounced: true });
      this.forgetOldest();
    });
  }

  /** Deletes the oldest runs and their logs while there are too many; those that somebody still has to hear of stay. */
  private forgetOldest(): void {
    const { entries } = this.journal;
    for (const run of entries.values()) {
      if (entries.size <= mostKept) return;
      if (isAlive(run) || !run.isAnnounced) continue;
      this.journal.remove(run.id);
      rmSync(this.logOf(run.id), { force: true });
    }
  }

  private logOf(id: string): string {
    return join(this.options.directory, 'logs', `${id}.log`);
  }

  private change(run: RunRecord, changes: Partial<RunRecord>): RunRecord {
    const changed = { ...run, changedAt: Date.now(), ...changes };
    this.journal.add(run.id, changed);
    return changed;
  }

  private openLog(id: string): LogFile {
    const file = openLogFile(this.logOf(id));
    return { ...file, write: (line) => file.write(`${new Date().toISOString()} ${line}\n`) };
  }

  private track(work: Promise<void>): void {
    const done = work.catch((cause: unknown) => this.options.complain?.(`A job run failed: ${cause}`));
    this.pending.add(done);
    void done.finally(() => this.pending.delete(done));
  }
}

const scriptName = ({ script }: Job): string => script.replace(/^.*\//, '').replace(/\.[a-z]+$/, '');
