import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { stateNotWritable } from './disk-failure.ts';

/** Another process uses this state folder. */
export class StateIsLocked extends Error {
  override readonly name = 'StateIsLocked';
  constructor(
    readonly state: string,
    readonly pid: number,
    readonly since: string,
  ) {
    super(
      `${state} is in use by process ${pid} since ${since}; stop that process, or use another folder with --state`,
    );
  }
}

type Holder = {
  readonly pid: number;
  /** When that process started, as the system counts it: the same process id with another time is another process. */
  readonly began?: string;
  readonly since: string;
};

/** Milliseconds to wait for a process that was just killed. */
const DYING = 1_000;

/**
 * Locks the state folder for this process and returns the function that unlocks it. The lock of a dead process is taken over.
 * Rejects with `StateIsLocked` or `StateNotWritable`.
 */
export const lockState = (state: string): Promise<() => void> =>
  lock(state).catch((cause: unknown) => Promise.reject(stateNotWritable(state, cause) ?? cause));

const lock = async (state: string): Promise<() => void> => {
  mkdirSync(state, { recursive: true });
  const path = join(state, 'lock');
  for (let waited = 0; !create(path); waited += 50) {
    const holder = readHolder(path);
    if (!holder || !isRunning(holder)) rmSync(path, { force: true });
    else if (waited >= DYING) throw new StateIsLocked(state, holder.pid, holder.since);
    else await wait(50);
  }
  return () => rmSync(path, { force: true });
};

const create = (path: string): boolean => {
  const began = processOf(process.pid)?.began;
  const holder: Holder = { pid: process.pid, ...(began ? { began } : {}), since: new Date().toISOString() };
  const own = `${path}.${process.pid}`;
  try {
    writeFileSync(own, `${JSON.stringify(holder)}\n`);
    // A link appears together with its content, and only if the name is free.
    linkSync(own, path);
    return true;
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw cause;
  } finally {
    rmSync(own, { force: true });
  }
};

/** Undefined if nobody can read it. */
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
  const now = processOf(pid);
  return now === undefined || (now.state !== 'Z' && (began === undefined || now.began === began));
};

/** What Linux knows of a process: its state (Z is dead, but still listed) and its start time; undefined on other systems. */
const processOf = (pid: number): { state: string; began: string } | undefined => {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return { state: fields[0] ?? '', began: fields[19] ?? '' };
  } catch {
    return undefined;
  }
};
