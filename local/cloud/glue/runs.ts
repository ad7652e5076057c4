import { randomBytes } from 'node:crypto';
import type { Job, JobRun } from '../../engines/index.ts';
import type { LogFile } from '../../state/index.ts';
import { anyDisk, type Disk } from '../disk.ts';
import type { Publish } from '../protocol.ts';
import type { Retention } from '../retention/retention.ts';
import { isAlive, type RunRecord, type RunState, stateChange } from './run-record.ts';
import { RunStore } from './run-store.ts';

export type RunsOptions = {
  readonly directory: string;
  readonly jobs: readonly Job[];
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

/** How often the process may end while a run is at work. The run itself may be the reason, so it must not begin again for ever. */
const mostLosses = 3;
const stopped = 'The run was stopped';

/** Longest pause in milliseconds between two tries of a run for which the disk had no room. */
const longestPause = 10_000;

/**
 * The runs of a folder. A full disk or the end of the cloud does not fail a run, because nobody could repair its files: its work
 * begins again when there is room, or with the next start of the cloud. Ends of runs that were not announced yet are announced then.
 */
export class Runs {
  private readonly store: RunStore;
  private readonly alive = new Map<string, AbortController>();
  private readonly pending = new Set<Promise<unknown>>();
  private readonly disk: Disk;
  private isClosing = false;

  constructor(private readonly options: RunsOptions) {
    this.disk = options.disk ?? anyDisk;
    this.store = new RunStore(options.directory);
    this.store.forgetOldest();
  }

  /** Newest first. */
  of(job: string): RunRecord[] {
    return this.store
      .all()
      .filter((run) => run.job === job)
      .reverse();
  }

  /** Runs of a job that have not ended. */
  active(job: string): number {
    return this.store.all().filter((run) => run.job === job && isAlive(run)).length;
  }

  get(id: string): RunRecord | undefined {
    return this.store.get(id);
  }

  /** Goes on with what the process before this one has left. */
  resume(): void {
    for (const run of this.store.all()) {
      if (isAlive(run)) this.track(this.resumeRun(run));
      else if (!run.isAnnounced) this.track(this.announce(run));
    }
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
    this.store.add(run);
    this.track(this.perform(run, job));
    return run;
  }

  /** Asks a run to stop; it is `STOPPED` only when it has ended. */
  stop(run: RunRecord): void {
    if (isAlive(run)) this.store.change(run, { state: 'STOPPING' });
    this.alive.get(run.id)?.abort(new Abort('STOPPED', stopped));
  }

  get retention(): Retention {
    return this.store.retention;
  }

  /** Interrupts all runs; they begin again when somebody resumes them. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const abort of this.alive.values()) abort.abort(new Error('the cloud stops'));
    while (this.pending.size > 0) await Promise.all(this.pending);
    this.store.close();
  }

  private async resumeRun(run: RunRecord): Promise<void> {
    const losses = (run.losses ?? 0) + (run.isLeft ? 0 : 1);
    const job = this.options.jobs.find(({ name }) => name === run.job);
    if (run.state === 'STOPPING') await this.endOf(run, 'STOPPED', stopped);
    else if (!job) await this.endOf(run, 'FAILED', `There is no job ${run.job} any more`);
    else if (losses > mostLosses) await this.endOf(run, 'FAILED', lostBy(losses));
    else {
      const changes = { state: 'STARTING', begunAt: undefined, isLeft: false, losses } as const;
      await this.disk.untilWritten(() => this.store.change(run, changes));
      await this.perform(run, job);
    }
  }

  private async perform(run: RunRecord, job: Job): Promise<void> {
    const abort = new AbortController();
    this.alive.set(run.id, abort);
    const log = this.store.openLog(run.id);
    const patience = { signal: abort.signal, longestPause };
    try {
      await this.disk.untilWritten(() => this.execute(run, scriptName(job), abort, log), patience);
      await this.end(run, log, 'SUCCEEDED');
    } catch (error) {
      if (this.isClosing || this.disk.isClosed) this.leave(run);
      else await this.fail(run, log, abort.signal.reason ?? error);
    } finally {
      log.close();
      this.alive.delete(run.id);
    }
  }

  /** What ends with the cloud is no loss; if this cannot be written, it counts as one. */
  private leave(run: RunRecord): void {
    try {
      this.store.change(run, { isLeft: true });
    } catch (cause) {
      this.options.complain?.(`A job run was left without a note: ${cause}`);
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
      const id = this.nextAttempt(run);
      const { arguments: given } = run;
      await this.options.execute({ id, jobScript, arguments: given, signal: abort.signal, begin, log });
    } catch (error) {
      if (this.disk.notice(error)) log(`the disk has no room for this run, which waits for some: ${error}`);
      throw error;
    } finally {
      clearTimeout(timer);
    }
  }

  /** The id by which the work knows itself, so that it does not meet what an attempt before it has left half done. */
  private nextAttempt({ id }: RunRecord): string {
    const run = this.get(id);
    const attempt = run?.attempt === undefined ? 0 : run.attempt + 1;
    if (run) this.store.change(run, { attempt });
    return attempt === 0 ? id : `${id}_attempt_${attempt}`;
  }

  private begin({ id, timeoutMinutes }: RunRecord, abort: AbortController): NodeJS.Timeout {
    const run = this.get(id);
    if (run?.state === 'STARTING') this.store.change(run, { state: 'RUNNING', begunAt: Date.now() });
    const overtime = new Abort('TIMEOUT', `The run took more than ${timeoutMinutes} minutes`);
    return setTimeout(() => abort.abort(overtime), timeoutMinutes * 60_000);
  }

  private fail(run: RunRecord, log: LogFile, cause: unknown): Promise<void> {
    return cause instanceof Abort
      ? this.end(run, log, cause.state, cause.message)
      : this.end(run, log, 'FAILED', String(cause));
  }

  private async endOf(run: RunRecord, state: RunState, message: string): Promise<void> {
    const log = this.store.openLog(run.id);
    await this.end(run, log, state, message).finally(log.close);
  }

  private async end(run: RunRecord, log: LogFile, state: RunState, message?: string): Promise<void> {
    log.write(message === undefined ? state : `${state} ${message}`);
    const changes = { state, ...(message === undefined ? {} : { message }) };
    const ended = await this.disk.untilWritten(() => this.store.change(run, changes));
    if (ended) await this.announce(ended);
  }

  /** An end that cannot be announced now is announced when the disk has room, or else by `resume`. */
  private async announce(run: RunRecord): Promise<void> {
    try {
      await this.disk.untilWritten(() => this.options.publish(stateChange(run)));
    } catch {
      return;
    }
    await this.disk.untilWritten(() => this.store.announced(run));
  }

  private track(work: Promise<void>): void {
    const done = work.catch((cause: unknown) => this.options.complain?.(`A job run failed: ${cause}`));
    this.pending.add(done);
    void done.finally(() => this.pending.delete(done));
  }
}

const lostBy = (losses: number): string => `The run ended because its process ended, ${losses} times`;

const scriptName = ({ script }: Job): string => script.replace(/^.*\//, '').replace(/\.[a-z]+$/, '');
