import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { setTimeout as pause } from 'node:timers/promises';
import { treeMemory } from '../process-tree.ts';

/** Workers of functions end when nothing has needed them for 15 seconds. */
const restMs = 17_000;

/** The memory of a process tree (RSS, MB) after a rest. */
export const restingMemory = async (process: number): Promise<number> => {
  await pause(restMs);
  return treeMemory(process);
};

/** What the main thread of a cloud's process has on its heap after garbage collection, MB. */
export const heapOf = async (child: ChildProcess): Promise<number> => {
  const answered = once(child, 'message');
  child.send('memory');
  const [{ heapUsed }] = await answered;
  return heapUsed / 1e6;
};
