import { readdir, readFile } from 'node:fs/promises';

/** Samples the memory of a process and of all its descendants. */
export type TreeMemory = {
  /** Stops sampling; returns the largest total at one moment (RSS, MB), NaN on systems without procfs. */
  stop(): number;
};

/** Samples a process tree every so many milliseconds, from Linux's procfs. */
export const watchTree = (root: number, everyMs = 100): TreeMemory => {
  let peak = Number.NaN;
  let isLooking = false;
  const look = async (): Promise<void> => {
    if (isLooking) return;
    isLooking = true;
    const held = await treeMemory(root);
    peak = Number.isNaN(peak) ? held : Math.max(peak, held || 0);
    isLooking = false;
  };
  void look();
  const timer = setInterval(look, everyMs);
  return {
    stop: () => {
      clearInterval(timer);
      return peak;
    },
  };
};

/** Current memory of a process and its descendants (RSS, MB); shared pages count for each. */
export const treeMemory = async (root: number): Promise<number> => {
  const processes = new Map((await statuses()).map((status) => [status.pid, status]));
  const isInTree = (pid: number): boolean => {
    if (pid === root) return true;
    const parent = processes.get(pid)?.parent ?? 0;
    return parent > 1 && isInTree(parent);
  };
  const held = [...processes.values()].filter(({ pid }) => isInTree(pid)).map(({ kilobytes }) => kilobytes);
  return held.length === 0 ? Number.NaN : (held.reduce((total, one) => total + one, 0) * 1024) / 1e6;
};

type Status = { readonly pid: number; readonly parent: number; readonly kilobytes: number };

const statuses = async (): Promise<Status[]> => {
  const names = await readdir('/proc').catch(() => []);
  const found = names.filter((name) => /^\d+$/.test(name)).map(statusOf);
  return (await Promise.all(found)).flatMap((status) => status ?? []);
};

const statusOf = async (pid: string): Promise<Status | undefined> => {
  const text = await readFile(`/proc/${pid}/status`, 'utf8').catch(() => '');
  const figure = (name: string): number =>
    Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(text)?.[1] ?? Number.NaN);
  const [parent, kilobytes] = [figure('PPid'), figure('VmRSS')];
  return Number.isNaN(parent + kilobytes) ? undefined : { pid: Number(pid), parent, kilobytes };
};

/** Processor time that a process and its threads have used, in milliseconds; NaN on systems without procfs. */
export const processorTime = async (pid: number): Promise<number> => {
  const text = await readFile(`/proc/${pid}/stat`, 'utf8').catch(() => '');
  // The name of the program stands in parentheses and may have blanks.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) * millisecondsPerTick;
};

/** Linux counts it in hundredths of a second. */
const millisecondsPerTick = 10;
