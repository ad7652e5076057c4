import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type LogFile, openLogFile } from '../../state/index.ts';
import { type Journal, openJournal } from '../journal.ts';
import { removeFiles } from '../retention/files.ts';
import type { Retention } from '../retention/retention.ts';
import { isAlive, type RunRecord } from './run-record.ts';

/** Runs that are kept, so that a busy month needs no more memory than a quiet one; Glue has only the 90 days. */
const mostKept = 1_000;
const hour = 60 * 60 * 1_000;
const keptFor = 90 * 24 * hour;
const runsPerStep = 500;

/** The records and the logs of runs in a folder. */
export class RunStore {
  private readonly journal: Journal<RunRecord>;
  private readonly logs: string;

  constructor(directory: string) {
    this.logs = join(directory, 'logs');
    mkdirSync(this.logs, { recursive: true });
    this.journal = openJournal(join(directory, 'runs.journal'));
  }

  /** Oldest first. */
  all(): RunRecord[] {
    return [...this.journal.entries.values()];
  }

  get(id: string): RunRecord | undefined {
    return this.journal.entries.get(id);
  }

  add(run: RunRecord): void {
    this.journal.add(run.id, run);
  }

  /** The run in its newest state, with the changes. */
  change({ id }: RunRecord, changes: Partial<RunRecord>): RunRecord | undefined {
    const run = this.get(id);
    if (!run) return undefined;
    const changed = { ...run, changedAt: Date.now(), ...changes };
    this.add(changed);
    return changed;
  }

  /** The end of a run has been told, so the run may be forgotten. */
  announced(run: RunRecord): void {
    this.add({ ...run, isAnnounced: true });
    this.forgetOldest();
  }

  /** Deletes the oldest runs and their logs while there are too many; those that somebody still has to hear of stay. */
  forgetOldest(): void {
    const { entries } = this.journal;
    for (const run of entries.values()) {
      if (entries.size <= mostKept) return;
      if (isAlive(run) || !run.isAnnounced) continue;
      this.journal.remove(run.id);
      rmSync(this.logOf(run.id), { force: true });
    }
  }

  /** Removes runs, and their logs, 90 days after their end. */
  get retention(): Retention {
    return { name: 'Job runs', every: hour, round: (now) => this.removeBefore(now - keptFor) };
  }

  /** The log of a run, whose lines begin with the time. */
  openLog(id: string): LogFile {
    const file = openLogFile(this.logOf(id));
    return { ...file, write: (line) => file.write(`${new Date().toISOString()} ${line}\n`) };
  }

  close(): void {
    this.journal.close();
  }

  private async *removeBefore(time: number): AsyncGenerator<void, void, void> {
    let seen = 0;
    for (const run of this.all()) {
      if (!isAlive(run) && run.isAnnounced && run.changedAt < time) this.journal.remove(run.id);
      seen += 1;
      if (seen % runsPerStep === 0) yield;
    }
    yield* removeFiles(this.logs, time, (name) => !this.get(name.replace(/\.log$/, '')));
  }

  private logOf(id: string): string {
    return join(this.logs, `${id}.log`);
  }
}
