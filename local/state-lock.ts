import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** Someone else runs on this state folder. */
export class StateIsLocked extends Error {
  override readonly name = 'StateIsLocked';
  constructor(
    readonly state: string,
    readonly pid: number,
    readonly since: string,
  ) {
    super(
      `${state} is in use by process ${pid} since ${since}; stop that one, or take another folder with --state`,
    );
  }
}

type Holder = {
  readonly pid: number;
  /** When that process began, as the system counts it: a number that is used again belongs to another process. */
  readonly began?: string;
  readonly since: string;
};

/**
 * Takes the state folder for this process alone and answers how to give it back. What a dead process left is taken
 * over. Throws `StateIsLocked`.
 */
export const lockState = (state: string): (() => void) => {
  mkdirSync(state, { recursive: true });
  const path = join(state, 'lock');
  if (!create(path)) {
    const holder = readHolder(path);
    if (holder && isRunning(holder)) throw new StateIsLocked(state, holder.pid, holder.since);
    rmSync(path, { force: true });
    if (!create(path)) throw new StateIsLocked(state, readHolder(path)?.pid ?? 0, 'this moment');
  }
  return () => rmSync(path, { force: true });
};

const create = (path: string): boolean => {
  const began = beginningOf(process.pid);
  const holder: Holder = { pid: process.pid, ...(began ? { began } : {}), since: new Date().toISOString() };
  try {
    writeFileSync(path, `${JSON.stringify(holder)}\n`, { flag: 'wx' });
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  }
};

/** Undefined for what a kill left half written. */
const readHolder = (path: string): Holder | undefined => {
  try {
    return JSON.parse(readFileSync(path, 'utf8'));
  } catch {
    return undefined;
  }
};

const isRunning = ({ pid, began }: Holder): boolean => {
  try {
    process.kill(pid, 0);
  } catch (cause) {
    return (cause as NodeJS.ErrnoException).code === 'EPERM';
  }
  return began === undefined || beginningOf(pid) === began;
};

/** Linux tells when a process began, in ticks since the machine did; elsewhere undefined. */
const beginningOf = (pid: number): string | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
  } catch {
    return undefined;
  }
};
