import { EventEmitter, once } from 'node:events';
import { setTimeout as wait } from 'node:timers/promises';
import pLimit from 'p-limit';
import type { Database } from '../../engines/index.ts';
import type { Disk } from '../disk.ts';
import type { BusEvent, Publish } from '../protocol.ts';
import type { Outcomes } from './outcomes.ts';
import type { ResultFiles } from './result-files.ts';
import {
  isOver,
  type PartState,
  type Statement,
  type StatementRequest,
  type StatementState,
  type Status,
} from './statement.ts';
import type { StatementLog } from './statement-log.ts';
import { type ObjectStore, runTransaction } from './transaction.ts';

export type StatementsPorts = {
  readonly instance: Database;
  /** Awaited before each transaction begins. */
  readonly refresh?: (sqls: readonly string[]) => Promise<void>;
  readonly log: StatementLog;
  readonly outcomes: Outcomes;
  readonly results: ResultFiles;
  readonly store: ObjectStore;
  readonly scratch: string;
  readonly publish: Publish;
  readonly disk: Disk;
  /** Receives errors that belong to no statement. */
  readonly complain: (line: string) => void;
  /** The event for the end of a statement. */
  readonly eventOf: (statement: Statement) => BusEvent;
};

const lost =
  'The process that ran the statement ended before the transaction was committed; nothing was changed';
const cancelled = 'Query cancelled by user';

/** Longest pause in milliseconds between two tries of a statement for which the disk has no room. */
const longestPause = 10_000;

/**
 * Runs statements: writers one after another, readers at the same time. A writer for which the disk has no room waits for some;
 * a reader, which somebody waits for, fails.
 */
export class Statements {
  private readonly lanes = { write: pLimit(1), read: pLimit(2) };
  private readonly alive = new Map<string, AbortController>();
  private readonly pending = new Map<string, Promise<void>>();
  /** Emits the id of each statement that has ended. */
  private readonly ends = new EventEmitter().setMaxListeners(0);
  private isClosing = false;

  constructor(private readonly ports: StatementsPorts) {}

  /** Completes statements of a process that died; the database knows whether their transactions were committed. */
  async recover(): Promise<void> {
    for (const { request, state } of this.ports.log.all()) {
      if (isOver(state)) {
        if (!state.isAnnounced) this.track(request.id, this.announce(request.id));
        continue;
      }
      const parts = await this.ports.outcomes.find(request.id);
      const end = parts ? finished(state, parts) : broken(state, 'ABORTED', lost);
      this.track(request.id, this.settle(request.id, end));
    }
  }

  get active(): number {
    return this.alive.size;
  }

  submit(request: StatementRequest): Statement {
    const statement = this.ports.log.add(request);
    this.alive.set(request.id, new AbortController());
    const lane = request.sqls.every(isReading) ? this.lanes.read : this.lanes.write;
    this.track(
      request.id,
      lane(() => this.perform(request)),
    );
    return statement;
  }

  /** False if the statement has ended. */
  cancel(id: string): boolean {
    const abort = this.alive.get(id);
    abort?.abort(new Error(cancelled));
    return abort !== undefined;
  }

  /** Resolves when a statement has ended, although its end may wait to be written, or after that many seconds. */
  async settled(id: string, seconds: number): Promise<void> {
    if (isOver(this.ports.log.get(id)?.state ?? nothing)) return;
    const timeout = new AbortController();
    await Promise.race([
      this.pending.get(id),
      once(this.ends, id, { signal: timeout.signal }).catch(() => undefined),
      wait(seconds * 1_000, undefined, { signal: timeout.signal }).catch(() => undefined),
    ]);
    timeout.abort();
  }

  /** Interrupts running statements; the next opening finds out how they ended. */
  async close(): Promise<void> {
    this.isClosing = true;
    for (const abort of this.alive.values()) abort.abort(new Error(lost));
    while (this.pending.size > 0) await Promise.all(this.pending.values());
  }

  private async perform(request: StatementRequest): Promise<void> {
    const { id } = request;
    const signal = this.alive.get(id)?.signal;
    if (this.isClosing || !signal) return;
    const started = process.hrtime.bigint();
    const end = await this.transact(request, signal).finally(() => this.alive.delete(id));
    if (end) await this.settle(id, { ...end, duration: Number(process.hrtime.bigint() - started) });
  }

  /** How a statement ended; undefined if the next opening has to find out. */
  private async transact(
    request: StatementRequest,
    signal: AbortSignal,
  ): Promise<StatementState | undefined> {
    const stateNow = (): StatementState => this.ports.log.get(request.id)?.state ?? nothing;
    const progress = (parts: readonly PartState[]) =>
      this.ports.log.show(request.id, { ...stateNow(), parts });
    const attempt = async (): Promise<StatementState> => {
      try {
        this.ports.log.show(request.id, { ...stateNow(), status: 'STARTED', updatedAt: Date.now() });
        return finished(stateNow(), await this.connected(request, signal, progress));
      } catch (error) {
        // The commit may have succeeded in spite of the error; if the database cannot tell, the statement has failed.
        const parts = await this.ports.outcomes.find(request.id).catch(() => undefined);
        if (parts) return finished(stateNow(), parts);
        throw error;
      }
    };
    const { disk } = this.ports;
    try {
      const isPatient = !request.sqls.every(isReading);
      return await (isPatient ? disk.untilWritten(attempt, { signal, longestPause }) : attempt());
    } catch (error) {
      if (this.isClosing || disk.isClosed) return undefined;
      const isCancelled = signal.reason instanceof Error && signal.reason.message === cancelled;
      const explained = this.ports.instance.explain?.(error) ?? error;
      const reason = reasonOf(disk.notice(error) ?? explained);
      return broken(stateNow(), isCancelled ? 'ABORTED' : 'FAILED', reason, request.isBatch);
    }
  }

  /** The connection is closed before the answer, because reopening the database waits for that. */
  private async connected(
    request: StatementRequest,
    signal: AbortSignal,
    progress: (parts: readonly PartState[]) => void,
  ): Promise<readonly PartState[]> {
    await this.ports.refresh?.(request.sqls);
    const connection = await this.ports.instance.connect();
    try {
      return await runTransaction({ ...this.ports, connection, signal, progress }, request);
    } finally {
      connection.closeSync();
    }
  }

  private async settle(id: string, end: StatementState): Promise<void> {
    this.ports.log.show(id, end);
    this.ends.emit(id);
    await this.ports.disk.untilWritten(() => this.change(id, end));
    await this.announce(id);
  }

  /** An end that cannot be announced now is announced when the disk has room, or else at the next opening. */
  private async announce(id: string): Promise<void> {
    const statement = this.ports.log.get(id);
    if (!statement) return;
    try {
      if (statement.request.withEvent)
        await this.ports.disk.untilWritten(() => this.ports.publish(this.ports.eventOf(statement)));
    } catch {
      return;
    }
    await this.ports.disk.untilWritten(() =>
      this.ports.log.update(id, { ...statement.state, isAnnounced: true }),
    );
  }

  private change(id: string, changes: Partial<StatementState>): void {
    const state = this.ports.log.get(id)?.state;
    if (state) this.ports.log.update(id, { ...state, updatedAt: Date.now(), ...changes });
  }

  private track(id: string, work: Promise<void>): void {
    const done = work.catch((cause: unknown) => this.ports.complain(`Statement ${id} failed: ${cause}`));
    this.pending.set(id, done);
    void done.finally(() => this.pending.delete(id));
  }
}

const nothing: StatementState = { status: 'STARTED', updatedAt: 0, duration: -1, parts: [] };

const finished = (state: StatementState, parts: readonly PartState[]): StatementState => ({
  ...state,
  status: 'FINISHED',
  updatedAt: Date.now(),
  parts,
});

/** The running text failed; the texts after it were never run. */
const broken = (state: StatementState, status: Status, reason: string, isBatch = false): StatementState => {
  const updatedAt = Date.now();
  const at = state.parts.findIndex((part) => part.status === 'STARTED');
  const error = isBatch && at >= 0 ? `Query #${at + 1} failed with ${reason}` : reason;
  const parts = state.parts.map((part, index): PartState => {
    if (part.status === 'FINISHED') return part;
    return index === at
      ? { ...part, status, error: reason, updatedAt }
      : { ...part, status: 'ABORTED', updatedAt };
  });
  return { ...state, status, error, updatedAt, parts };
};

const reasonOf = (error: unknown): string => {
  const message = error instanceof Error ? error.message : String(error);
  const isInvalidated = /database has been invalidated/.test(message);
  return `ERROR: ${isInvalidated ? 'the database was reopened because another statement broke it; run this one again: ' : ''}${message}`;
};

const isReading = (sql: string): boolean => /^\s*(select|with|values|show|describe|explain)\b/i.test(sql);
